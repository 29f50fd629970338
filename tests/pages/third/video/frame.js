parent.leave(location.search.slice(1));
