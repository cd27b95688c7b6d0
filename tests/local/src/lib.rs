//! One command: simulated Azure, the real handler, and the story of a new cluster.
