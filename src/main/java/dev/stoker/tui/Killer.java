package dev.stoker.tui;

import dev.stoker.tui.view.KillTarget;
import dev.stoker.tui.view.KillTarget.Stage;

import java.time.Duration;
import java.util.Optional;

/**
 * Ends processes, the person's own only: asks them to first. A number that another process has got
 * in the meantime is noticed by the time of its start. Stateless.
 */
final class Killer {
    private static final Duration SAME = Duration.ofSeconds(2);

    private final String user;

    /**
     * @param user who runs this program
     */
    Killer(String user) {
        this.user = user;
    }

    /** Returns the target with why it may not be ended, if so. */
    KillTarget check(KillTarget target) {
        if (target.stage() == Stage.OVER) {
            return target;
        }
        if (!user.equals("root") && !target.user().equals(user)) {
            return target.with(
                    Stage.OVER, "It belongs to " + target.user() + ", and you are " + user + ".");
        }
        if (target.pid() == ProcessHandle.current().pid()) {
            return target.with(Stage.OVER, "That is this program; q ends it.");
        }
        return find(target).isPresent() ? target : target.with(Stage.OVER, "It has ended.");
    }

    /** Does the next step: asks it to end, or kills it. */
    KillTarget next(KillTarget target) {
        KillTarget checked = check(target);
        Optional<ProcessHandle> found = find(checked);
        if (checked.stage() == Stage.OVER || found.isEmpty()) {
            return checked;
        }
        boolean hard = checked.stage() == Stage.TERMINATED;
        boolean sent = hard ? found.get().destroyForcibly() : found.get().destroy();
        if (!sent) {
            return checked.with(Stage.OVER, "The kernel does not allow it.");
        }
        return hard
                ? checked.with(Stage.OVER, "SIGKILL was sent.")
                : checked.with(
                        Stage.TERMINATED, "SIGTERM was sent; it is still there, and may be busy.");
    }

    /** Returns the target, over where it has ended by now. */
    KillTarget look(KillTarget target) {
        return target.stage() == Stage.TERMINATED && find(target).isEmpty()
                ? target.with(Stage.OVER, "It has ended.")
                : target;
    }

    private static Optional<ProcessHandle> find(KillTarget target) {
        return ProcessHandle.of(target.pid())
                .filter(ProcessHandle::isAlive)
                .filter(handle -> isSame(handle, target));
    }

    private static boolean isSame(ProcessHandle handle, KillTarget target) {
        var started = handle.info().startInstant();
        return started.isEmpty()
                || target.started().isEmpty()
                || Duration.between(started.get(), target.started().get()).abs().compareTo(SAME)
                        <= 0;
    }
}
