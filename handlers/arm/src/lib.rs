//! Azure Resource Manager over REST: operations, errors, long-running operations, paging, one client.
