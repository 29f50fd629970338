// In this response a click needs nothing more, if the page speaks the language whose words came along.
if (words) ours = acts;
