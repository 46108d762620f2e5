package dev.stoker.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;

/**
 * {@code stoker rehearse}: walks through what most starts do, so that the ahead-of-time cache that
 * is recorded meanwhile holds the classes of all of it. It touches no server and prints nothing.
 * Called by the launcher and the distribution's build, hence hidden. Used by one thread.
 */
@Command(name = "rehearse", hidden = true, description = "Record the ahead-of-time cache.")
public final class RehearseCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        CommandLine root = spec.root().commandLine();
        PrintWriter out = root.getOut();
        PrintWriter err = root.getErr();
        silence(root, new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()));
        root.execute("--version");
        root.execute("--help");
        root.execute("no-such-command");
        for (String verb : List.copyOf(root.getSubcommands().keySet())) {
            root.execute(verb, "--help");
        }
        root.execute("completion", "bash");
        silence(root, out, err);
    }

    private static void silence(CommandLine root, PrintWriter out, PrintWriter err) {
        root.setOut(out);
        root.setErr(err);
    }
}
