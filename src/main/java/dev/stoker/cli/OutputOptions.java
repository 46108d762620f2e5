package dev.stoker.cli;

import picocli.CommandLine.Option;

/** The options of every command that prints a result. Filled by picocli. */
final class OutputOptions {
    @Option(names = "--json", description = "Print the result as JSON.")
    boolean json;

    @Option(names = "--csv", description = "Print the result as CSV.")
    boolean csv;

    @Option(names = "--no-color", description = "No colours; NO_COLOR does the same.")
    boolean noColor;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress and no remarks: only the result and errors.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show the stack trace of an error.")
    boolean verbose;
}
