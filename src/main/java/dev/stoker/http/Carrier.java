package dev.stoker.http;

/**
 * Carries many exchanges with one endpoint at once. One thread runs it and makes all calls but
 * {@link #wake}; what it calls back (stamps, sinks, ends, the driver) may start exchanges.
 */
public interface Carrier extends AutoCloseable {
    /** The driver has nothing to do until something comes from the network. */
    long NEVER = Long.MAX_VALUE;

    /** The driver is done. */
    long STOP = Long.MIN_VALUE;

    /** Decides what is sent and when. */
    @FunctionalInterface
    interface Driver {
        /**
         * Called in every turn: starts what is due.
         *
         * @param now the clock's reading
         * @return the clock's reading at which it wants the next turn at the latest, {@link #NEVER}
         *     or {@link #STOP}
         */
        long turn(long now);
    }

    /** Learns how an exchange ended, whatever it was; called once. */
    @FunctionalInterface
    interface Ended {
        void ended(ExchangeEnd end, long nanos);
    }

    /** Carries what the driver starts, until the driver says stop; what is open then is left. */
    void run(Driver driver);

    /** Starts an exchange; it may end before this returns. */
    void start(
            HttpRequest request,
            Timeouts timeouts,
            SendStamps stamps,
            ResponseSink sink,
            Ended ended);

    /** Ends all exchanges as cancelled. */
    void cancelAll();

    /** Brings about a turn soon; for any thread. */
    void wake();

    /** Returns how punctual this was since the last call. */
    LoopFigures figures();

    /** Closes all connections. */
    @Override
    void close();
}
