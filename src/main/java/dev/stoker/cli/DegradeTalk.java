package dev.stoker.cli;

import dev.stoker.base.Text;
import dev.stoker.degrade.Measured;
import dev.stoker.degrade.Remedy;
import dev.stoker.degrade.Talk;

import java.io.PrintWriter;
import java.util.Set;

/**
 * Tells a person what a run is doing, line by line, and asks before each remedy. Used by one
 * thread.
 *
 * @param agreed remedies that need no question
 */
record DegradeTalk(PrintWriter err, Consent consent, Set<Remedy> agreed, boolean quiet)
        implements Talk {

    @Override
    public void step(String text) {
        say("  " + text);
    }

    @Override
    public void measured(Measured measured) {
        say("    " + Numbers.figure(measured.decode()) + " tok/s");
    }

    @Override
    public void remark(String sentence) {
        say("! " + sentence);
    }

    private void say(String line) {
        if (!quiet) {
            err.println(Text.plain(line, 1000));
            err.flush();
        }
    }

    @Override
    public boolean mayApply(Remedy remedy, String means) {
        return agreed.contains(remedy)
                || consent.ask(
                        Text.plain(
                                "Shall I "
                                        + remedy.words()
                                        + " ("
                                        + means
                                        + ")? What it costs: "
                                        + remedy.harm()
                                        + ".",
                                1000));
    }
}
