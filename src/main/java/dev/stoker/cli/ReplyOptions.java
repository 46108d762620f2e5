package dev.stoker.cli;

import picocli.CommandLine.Option;

/** The options of a command that changes something and says so in a line. Filled by picocli. */
final class ReplyOptions {
    @Option(
            names = {"-q", "--quiet"},
            description = "Say nothing but errors.")
    boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show the stack trace of an error.")
    boolean verbose;
}
