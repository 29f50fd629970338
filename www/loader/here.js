// In this response a click needs nothing more.
ours = acts;
