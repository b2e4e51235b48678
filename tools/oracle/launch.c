/*
 * Starts a program in an image exactly as a container runtime does, so that a refusal is the kernel's own: no shell and
 * no execvp in between, which would run a file without `#!`, or an ELF file for another CPU, as a script (ENOEXEC).
 *
 *   launch MARK ROOT CWD UID GID PROGRAM ARG...
 *
 * The program is looked up on PATH of the environment inside ROOT. Where it cannot be started, `MARK errno N` goes to
 * standard error and the exit status is 127. No libc, so that it needs nothing in the image. `make-launch.sh` builds it.
 */
#if defined(__x86_64__)
enum { WRITE = 1, ACCESS_AT = 269, CHDIR = 80, CHROOT = 161, EXECVE = 59, EXIT = 60, SETGROUPS = 116, SETUID = 105, SETGID = 106, OPEN_AT = 257 };
enum { O_DIR = 0200000 };
static long call(long number, long a, long b, long c, long d) {
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call start\n");
#elif defined(__aarch64__)
enum { WRITE = 64, ACCESS_AT = 48, CHDIR = 49, CHROOT = 51, EXECVE = 221, EXIT = 93, SETGROUPS = 159, SETUID = 146, SETGID = 144, OPEN_AT = 56 };
enum { O_DIR = 040000 };
static long call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
__asm__(".globl _start\n_start: mov x0, sp\n bl start\n");
#endif

enum { AT_FDCWD = -100, X_OK = 1, ENOENT = 2, EACCES = 13 };

static long length(const char *text) {
  long n = 0;
  while (text[n]) n++;
  return n;
}

static long number(const char *text) {
  long value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (*text - '0');
  return value;
}

static void print(const char *text) { call(WRITE, 2, (long)text, length(text), 0); }

static void fail(const char *mark, const char *step, long result) {
  char digits[8];
  long at = 7, value = -result;
  digits[at] = 0;
  do digits[--at] = '0' + value % 10;
  while ((value /= 10) > 0 && at > 0);
  print("\n");
  print(mark);
  print(step);
  print(digits + at);
  print("\n");
  call(EXIT, 127, 0, 0, 0);
}

static const char *path_of(char **environment) {
  for (; *environment; environment++) {
    const char *name = *environment;
    if (name[0] == 'P' && name[1] == 'A' && name[2] == 'T' && name[3] == 'H' && name[4] == '=') return name + 5;
  }
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

static char candidate[8192];

void start(long *stack) {
  char **argv = (char **)(stack + 1);
  char **environment = argv + stack[0] + 1;
  const char *mark = argv[1];
  long result;
  if ((result = call(CHROOT, (long)argv[2], 0, 0, 0)) < 0) fail(mark, " chroot ", result);
  if ((result = call(CHDIR, (long)argv[3], 0, 0, 0)) < 0) fail(mark, " chdir ", result);
  if ((result = call(SETGROUPS, 0, 0, 0, 0)) < 0) fail(mark, " setgroups ", result);
  if ((result = call(SETGID, number(argv[5]), 0, 0, 0)) < 0) fail(mark, " setgid ", result);
  if ((result = call(SETUID, number(argv[4]), 0, 0, 0)) < 0) fail(mark, " setuid ", result);

  const char *program = argv[6];
  for (const char *at = program; *at; at++) {
    if (*at == '/') fail(mark, " errno ", call(EXECVE, (long)program, (long)(argv + 6), (long)environment, 0));
  }
  result = -ENOENT;
  for (const char *path = path_of(environment); *path;) {
    long n = 0;
    while (*path && *path != ':') candidate[n < 4000 ? n++ : n] = *path++;
    if (*path == ':') path++;
    if (n == 0) candidate[n++] = '.';
    candidate[n++] = '/';
    for (const char *at = program; *at && n < 8190;) candidate[n++] = *at++;
    candidate[n] = 0;
    long access = call(ACCESS_AT, AT_FDCWD, (long)candidate, X_OK, 0);
    if (access == -EACCES) result = access;
    if (access < 0 || call(OPEN_AT, AT_FDCWD, (long)candidate, O_DIR, 0) >= 0) continue;
    fail(mark, " errno ", call(EXECVE, (long)candidate, (long)(argv + 6), (long)environment, 0));
  }
  fail(mark, " errno ", result);
}
