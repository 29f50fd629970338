parent.leave(location.search.slice(1) || "frame");
