package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.bench.BenchPlan;
import dev.stoker.bench.BenchRequest;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Gets a yes before something is restarted, unloaded or deleted: by flag, or from a person at a
 * terminal. Used by one thread.
 *
 * @param in where the answer comes from
 * @param err where the question goes to
 * @param quiet whether remarks are unwanted
 */
record Consent(Terminal terminal, InputStream in, PrintWriter err, boolean quiet) {
    private static final int LONGEST_ANSWER = 10;

    /** Returns whether there is a person who can be asked. */
    boolean canAsk() {
        return terminal.inIsTerminal() && terminal.errIsTerminal();
    }

    /**
     * Returns whether the server may be restarted.
     *
     * @param yes whether the flag was given
     * @throws UserError if the plan needs a yes and there is none
     */
    boolean toRestart(BenchPlan plan, BenchRequest request, boolean yes) {
        if (yes) {
            return true;
        }
        if (canAsk()) {
            err.print("Go on? [y/N] ");
            err.flush();
            if (!agreed()) {
                throw new UserError(ExitCode.REFUSED, "Nothing was done, as nobody said yes.", "");
            }
            return true;
        }
        if (plan.needsConsent()) {
            throw new UserError(
                    ExitCode.REFUSED,
                    "This run would unload models that others loaded, or restart the server, and"
                            + " nobody can be asked here.",
                    "Look at the plan with --dry-run and add --yes; or use --unload never --restart"
                            + " never.");
        }
        if (!quiet && plan.canRestart() && request.restart() != BenchRequest.Restart.NEVER) {
            err.println("! Without --yes the server is not restarted, not even after a failure.");
            err.flush();
        }
        return false;
    }

    /**
     * Asks a person whether to go on.
     *
     * @param question without the choice of answers
     * @throws UserError if the answer is no, or nobody can be asked
     */
    void toGoOn(String question) {
        if (!canAsk()) {
            throw new UserError(
                    ExitCode.REFUSED,
                    question + " Nobody can be asked here, so nothing was done.",
                    "Add --yes.");
        }
        err.print(question + " [y/N] ");
        err.flush();
        if (!agreed()) {
            throw new UserError(ExitCode.REFUSED, "Nothing was done, as nobody said yes.", "");
        }
    }

    /** Asks a person; without one, or without a yes, the answer is no. */
    boolean ask(String question) {
        if (!canAsk()) {
            return false;
        }
        err.print(question + " [y/N] ");
        err.flush();
        return agreed();
    }

    private boolean agreed() {
        try {
            StringBuilder answer = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                if (answer.length() < LONGEST_ANSWER) {
                    answer.append((char) c);
                }
            }
            String word = answer.toString().strip().toLowerCase(Locale.ROOT);
            return word.equals("y") || word.equals("yes");
        } catch (IOException e) {
            return false;
        }
    }
}
