"""What requests and answers look like, one module for each part of the contract."""
