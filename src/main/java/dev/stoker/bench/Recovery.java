package dev.stoker.bench;

import dev.stoker.base.Cancellation;
import dev.stoker.control.ControlException;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;

import java.time.Duration;

/**
 * Brings a server back: restarts it where that is possible and allowed, and waits until it answers.
 * Used by one thread at a time.
 */
final class Recovery {
    /** A restart's own command may take so long. */
    private static final Duration RESTART_LIMIT = Duration.ofSeconds(90);

    /** After a start a server may look for its GPUs for half a minute before it answers. */
    private static final Duration HEALTHY_LIMIT = Duration.ofSeconds(120);

    private static final Duration STEP = Duration.ofMillis(500);

    private final BenchContext context;
    private final BenchRequest request;
    private final boolean mayRestart;
    private final Journal journal;
    private final BenchListener listener;
    private final ServerMemory memory;
    private final Cancellation cancellation;

    Recovery(
            BenchContext context,
            BenchRequest request,
            boolean mayRestart,
            Journal journal,
            BenchListener listener,
            ServerMemory memory,
            Cancellation cancellation) {
        this.context = context;
        this.request = request;
        this.mayRestart = mayRestart;
        this.journal = journal;
        this.listener = listener;
        this.memory = memory;
        this.cancellation = cancellation;
    }

    /** What can be done after a failure. */
    enum Advice {
        /** The server is fresh, or healthy: try once more. */
        RETRY,
        /** Trying again would fail again, or do harm. */
        GIVE_UP,
        /** The server does not answer any more, and nothing here can bring it back. */
        SERVER_GONE
    }

    boolean canRestart() {
        return mayRestart
                && context.control().canRestart()
                && request.restart() != BenchRequest.Restart.NEVER;
    }

    /** Deals with a failure, restarting the server where the failure calls for it. */
    Advice after(ServerFailure failure, String model) throws InterruptedException {
        return switch (failure) {
            case ServerFailure.OutOfMemory f -> restarted(model, f, Advice.GIVE_UP);
            case ServerFailure.ServerDied f -> restarted(model, f, Advice.RETRY);
            case ServerFailure.Stalled f -> restarted(model, f, Advice.RETRY);
            case ServerFailure.Unreachable f -> restarted(model, f, Advice.RETRY);
            case ServerFailure.StreamCut f -> restarted(model, f, Advice.RETRY);
            case ServerFailure.StreamError f -> survivors(Advice.RETRY);
            case ServerFailure.Busy f -> survivors(Advice.RETRY);
            case ServerFailure.Refused f -> Advice.GIVE_UP;
            case ServerFailure.ModelMissing f -> Advice.GIVE_UP;
            case ServerFailure.LoadFailed f -> survivors(Advice.GIVE_UP);
            case ServerFailure.BadRequest f -> Advice.GIVE_UP;
            case ServerFailure.BadAnswer f -> survivors(Advice.GIVE_UP);
            case ServerFailure.Cancelled f -> Advice.GIVE_UP;
        };
    }

    /** Restarts where that is possible; where not, the other advice holds if the server lives. */
    private Advice restarted(String model, ServerFailure cause, Advice otherwise)
            throws InterruptedException {
        return canRestart() && restart(model, "after: " + cause.code())
                ? Advice.RETRY
                : survivors(otherwise);
    }

    /** Without a restart everything depends on whether the server still answers. */
    private Advice survivors(Advice advice) throws InterruptedException {
        return waitHealthy(Duration.ofSeconds(30)) ? advice : Advice.SERVER_GONE;
    }

    /**
     * Restarts the server and waits until it answers.
     *
     * @return whether it is back
     */
    boolean restart(String model, String why) throws InterruptedException {
        listener.warning("Restarting the server (" + context.control().means() + "), " + why + ".");
        long start = context.clock().nanos();
        boolean ok = false;
        String detail = why;
        try {
            context.control().restart(RESTART_LIMIT, cancellation);
            ok = waitHealthy(HEALTHY_LIMIT);
            if (!ok) {
                detail = why + "; it did not answer within " + HEALTHY_LIMIT.toSeconds() + " s";
            }
        } catch (ControlException e) {
            detail = why + "; " + e.getMessage();
        }
        memory.forget();
        Duration time = Duration.ofNanos(context.clock().nanos() - start);
        BenchEvent event =
                new BenchEvent.Restarted(
                        context.clock().now().toEpochMilli(),
                        model,
                        context.control().means(),
                        ok,
                        time,
                        detail);
        journal.write(event);
        listener.event(event);
        if (!ok) {
            listener.warning("The restart did not work: " + detail + ".");
        }
        return ok;
    }

    /** Waits until the server answers, at most so long. */
    boolean waitHealthy(Duration limit) throws InterruptedException {
        long deadline = context.clock().nanos() + limit.toNanos();
        while (!cancellation.isCancelled()) {
            try {
                context.server().ping();
                return true;
            } catch (ServerException e) {
                if (context.clock().nanos() > deadline) {
                    return false;
                }
                context.clock().sleep(STEP);
            }
        }
        return false;
    }
}
