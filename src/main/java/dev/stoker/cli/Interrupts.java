package dev.stoker.cli;

import dev.stoker.base.Cancellation;
import dev.stoker.base.ExitCode;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C (and a termination by the system) into a cancellation, and gives the command time to
 * put things in order before the process ends. Closed by the command when it is done.
 */
final class Interrupts implements AutoCloseable {
    private static final long ORDER_SECONDS = 25;

    private final ExitCode code;
    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook;

    Interrupts() {
        this(ExitCode.INTERRUPTED);
    }

    /**
     * @param code how the process ends then
     */
    Interrupts(ExitCode code) {
        this.code = code;
        hook = new Thread(this::interrupted, "interrupts");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    Cancellation cancellation() {
        return cancellation;
    }

    private void interrupted() {
        cancellation.cancel();
        try {
            boolean inOrder = done.await(ORDER_SECONDS, TimeUnit.SECONDS);
            if (!inOrder) {
                System.err.println(
                        "stoker: the command did not end in time; what was measured is saved.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(code.number());
    }

    /** Says that the command is done: everything is printed and put in order. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: the hook is running and ends it.
        }
    }
}
