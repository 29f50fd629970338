parent.frameLoads = (parent.frameLoads || 0) + 1;
