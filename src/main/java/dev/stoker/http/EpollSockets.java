package dev.stoker.http;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteOrder;

/**
 * The calls of Linux for sockets that don't wait and for its queue of events. Reading and writing
 * go to arrays of the heap without a copy and without leaving the virtual machine's own state; they
 * never wait, which makes that right.
 *
 * <p>Constants: {@code asm-generic} headers, the same on x86-64 and AArch64. The functions are
 * found by the C library's names. Stateless but for the error number of the last call: one thread
 * for each instance.
 */
final class EpollSockets {
    static final int IN = 0x1;
    static final int OUT = 0x4;
    static final int ERR = 0x8;
    static final int HUP = 0x10;
    static final int RDHUP = 0x2000;
    static final int EDGE = 1 << 31;

    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int EPIPE = 32;
    private static final int EMFILE = 24;
    private static final int ENETUNREACH = 101;
    private static final int ECONNRESET = 104;
    private static final int ETIMEDOUT = 110;
    private static final int ECONNREFUSED = 111;
    private static final int EHOSTUNREACH = 113;
    private static final int EINPROGRESS = 115;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int EVENTFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int ADD = 1;

    /** A call may hold up the collector for as long as so many bytes take. */
    private static final int MOST_AT_ONCE = 64 << 10;

    private static final String ARCHITECTURE = System.getProperty("os.arch", "");

    /** {@code struct epoll_event} is packed on x86-64 alone. */
    static final int EVENT_BYTES = ARCHITECTURE.equals("amd64") ? 12 : 16;

    static final int EVENT_DATA = ARCHITECTURE.equals("amd64") ? 4 : 8;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

    private final MemorySegment error = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment scratch = Arena.ofAuto().allocate(64, 8);

    /**
     * The functions; made when they are first used. Restricted, as a wrong signature breaks the
     * process: each is that of its manual page.
     */
    @SuppressWarnings("restricted")
    private static final class Calls {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
        static final MethodHandle SOCKET = call("socket", INT, INT, INT, INT);
        static final MethodHandle CONNECT = call("connect", INT, INT, POINTER, INT);
        static final MethodHandle SET_OPTION = call("setsockopt", INT, INT, INT, INT, POINTER, INT);
        static final MethodHandle GET_OPTION =
                call("getsockopt", INT, INT, INT, INT, POINTER, POINTER);
        static final MethodHandle CREATE = call("epoll_create1", INT, INT);
        static final MethodHandle CONTROL = call("epoll_ctl", INT, INT, INT, INT, POINTER);
        static final MethodHandle WAIT = call("epoll_wait", INT, INT, POINTER, INT, INT);
        static final MethodHandle CLOSE = call("close", INT, INT);
        static final MethodHandle EVENTFD = call("eventfd", INT, INT, INT);
        static final MethodHandle EVENTFD_WRITE =
                LINKER.downcallHandle(
                        LIBRARY.findOrThrow("eventfd_write"),
                        FunctionDescriptor.of(INT, INT, LONG));
        static final MethodHandle RECEIVE = quick("recv");
        static final MethodHandle SEND = quick("send");

        private static MethodHandle call(String name, MemoryLayout back, MemoryLayout... takes) {
            return LINKER.downcallHandle(
                    LIBRARY.findOrThrow(name),
                    FunctionDescriptor.of(back, takes),
                    Linker.Option.captureCallState("errno"));
        }

        private static MethodHandle quick(String name) {
            return LINKER.downcallHandle(
                    LIBRARY.findOrThrow(name),
                    FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.critical(true));
        }
    }

    /** Returns whether this is a system on which the calls are known. */
    static boolean isUsable() {
        boolean known =
                System.getProperty("os.name", "").equals("Linux")
                        && (ARCHITECTURE.equals("amd64") || ARCHITECTURE.equals("aarch64"))
                        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        if (!known) {
            return false;
        }
        try {
            return Calls.SEND != null;
        } catch (LinkageError e) {
            // A library without one of them, or a virtual machine that may not call it.
            return false;
        }
    }

    /** Returns the descriptor of a socket that is being connected. */
    int connect(InetAddress address, int port) throws IOException {
        boolean six = address instanceof Inet6Address;
        try {
            int fd =
                    (int)
                            Calls.SOCKET.invokeExact(
                                    error, six ? AF_INET6 : AF_INET, STREAM_NONBLOCK_CLOEXEC, 0);
            if (fd < 0) {
                throw failure();
            }
            scratch.set(INT, 0, 1);
            int set =
                    (int)
                            Calls.SET_OPTION.invokeExact(
                                    error, fd, IPPROTO_TCP, TCP_NODELAY, scratch, Integer.BYTES);
            int length = encode(address, port);
            int done = set < 0 ? set : (int) Calls.CONNECT.invokeExact(error, fd, scratch, length);
            if (done < 0 && number() != EINPROGRESS) {
                IOException failure = failure();
                close(fd);
                throw failure;
            }
            return fd;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Writes {@code sockaddr_in} or {@code sockaddr_in6}; returns its length. */
    private int encode(InetAddress address, int port) {
        byte[] bytes = address.getAddress();
        scratch.fill((byte) 0);
        scratch.set(ValueLayout.JAVA_BYTE, 2, (byte) (port >>> 8));
        scratch.set(ValueLayout.JAVA_BYTE, 3, (byte) port);
        if (address instanceof Inet4Address) {
            scratch.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
            MemorySegment.copy(bytes, 0, scratch, ValueLayout.JAVA_BYTE, 4, bytes.length);
            return 16;
        }
        scratch.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET6);
        MemorySegment.copy(bytes, 0, scratch, ValueLayout.JAVA_BYTE, 8, bytes.length);
        if (address instanceof Inet6Address local) {
            scratch.set(INT, 24, local.getScopeId());
        }
        return 28;
    }

    /** Throws what connecting came to, if it was no success. */
    void checkConnected(int fd) throws IOException {
        scratch.set(INT, 0, 0);
        scratch.set(INT, 4, Integer.BYTES);
        try {
            int got =
                    (int)
                            Calls.GET_OPTION.invokeExact(
                                    error, fd, SOL_SOCKET, SO_ERROR, scratch, scratch.asSlice(4));
            if (got < 0) {
                throw failure();
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
        int code = scratch.get(INT, 0);
        if (code != 0) {
            throw failure(code);
        }
    }

    /** Returns how many bytes were read; 0 if none have come, −1 at the end. */
    int receive(int fd, MemorySegment into) throws IOException {
        long n;
        try {
            n = (long) Calls.RECEIVE.invokeExact(error, fd, into, into.byteSize(), 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (n < 0) {
            return transfer();
        }
        return n == 0 ? -1 : (int) n;
    }

    /** Returns how many bytes the system took. */
    int send(int fd, byte[] from, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int most = Math.min(length - done, MOST_AT_ONCE);
            MemorySegment part = MemorySegment.ofArray(from).asSlice(offset + done, most);
            long n;
            try {
                n = (long) Calls.SEND.invokeExact(error, fd, part, (long) most, MSG_NOSIGNAL);
            } catch (Throwable e) {
                throw unexpected(e);
            }
            if (n < 0) {
                transfer();
                return done;
            }
            done += (int) n;
        }
        return done;
    }

    /** Returns 0 if a transfer only has to wait. */
    private int transfer() throws IOException {
        int code = number();
        if (code != EAGAIN && code != EINTR) {
            throw failure(code);
        }
        return 0;
    }

    int createQueue() throws IOException {
        try {
            return checked((int) Calls.CREATE.invokeExact(error, EPOLL_CLOEXEC));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    int createSignal() throws IOException {
        try {
            return checked((int) Calls.EVENTFD.invokeExact(error, 0, EVENTFD_NONBLOCK_CLOEXEC));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** For any thread. */
    static void signal(int fd) {
        try {
            int ignored = (int) Calls.EVENTFD_WRITE.invokeExact(fd, 1L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Puts a descriptor into the queue. */
    void watch(int queue, int fd, int events, long data) throws IOException {
        scratch.set(INT, 0, events);
        scratch.set(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA, data);
        try {
            checked((int) Calls.CONTROL.invokeExact(error, queue, ADD, fd, scratch));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Waits for events; returns how many there are. */
    int await(int queue, MemorySegment events, int most, int millis) throws IOException {
        int n;
        try {
            n = (int) Calls.WAIT.invokeExact(error, queue, events, most, millis);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (n < 0) {
            return transfer();
        }
        return n;
    }

    void close(int fd) {
        try {
            int ignored = (int) Calls.CLOSE.invokeExact(error, fd);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private int checked(int result) throws IOException {
        if (result < 0) {
            throw failure();
        }
        return result;
    }

    private int number() {
        return error.get(INT, 0);
    }

    private IOException failure() {
        return failure(number());
    }

    private static IOException failure(int code) {
        return switch (code) {
            case ECONNREFUSED -> new ConnectException("Connection refused");
            case EHOSTUNREACH, ENETUNREACH -> new NoRouteToHostException("No route to host");
            case ETIMEDOUT -> new SocketTimeoutException("Connection timed out");
            case ECONNRESET -> new SocketException("Connection reset");
            case EPIPE -> new SocketException("Broken pipe");
            case EMFILE -> new SocketException("Too many open files");
            default -> new SocketException("the system's error " + code);
        };
    }

    private static IllegalStateException unexpected(Throwable e) {
        if (e instanceof Error fatal) {
            throw fatal;
        }
        return new IllegalStateException(e);
    }
}
