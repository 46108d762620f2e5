package dev.stoker;

import dev.stoker.cli.StokerCommand;

import java.util.List;

/** The program's start and the only place that picks implementations. */
public final class Main {
    private Main() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(StokerCommand.commandLine(commands()).execute(args));
    }

    /** One instance a verb, in the order of the help text; a new command is added here. */
    private static List<Object> commands() {
        return List.of();
    }
}
