/* kernel.h - the kernel's own headers, for tests/linux/abi-headers.sh; compiled for each
 * guest. */
#define __KERNEL_STRICT_NAMES 1
#include <stddef.h>
#include <asm/errno.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <asm/poll.h>
#include <asm/resource.h>
typedef long time_t; /* SO_RCVTIMEO asks for its size */
#include <asm/socket.h>
#include <asm/sockios.h>
#include <asm/termios.h>
#include <asm/termbits.h>
#include <asm/ioctls.h>
#include <linux/fs.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/eventpoll.h>
#include <linux/resource.h>
#include <linux/stat.h>
#include <linux/sysinfo.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/times.h>
#include <linux/uio.h>
#include <linux/utsname.h>
#include <asm/ptrace.h>
#include <asm/sigcontext.h>
#if __has_include(<asm/ucontext.h>)
#include <asm/ucontext.h>
#endif
