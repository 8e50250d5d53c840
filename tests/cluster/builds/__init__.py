"""The programs that a cluster runs: built from pinned Go modules or unpacked from Debian packages, and cached."""
