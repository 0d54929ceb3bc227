# debian-arm.sh - debian.sh with Debian's packages for armel.

set -- arm
. "$SRCDIR/tests/linux/debian.sh"
