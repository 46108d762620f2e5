package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.server.ServerException;
import dev.stoker.server.ServerFailure;

import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

import java.io.PrintWriter;

/** The one place where a failure becomes a sentence and an exit code. Stateless. */
final class ErrorPrinter implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
        ParseResult deepest = parsed;
        while (deepest.hasSubcommand()) {
            deepest = deepest.subcommand();
        }
        return print(e, line.getErr(), deepest.hasMatchedOption("-v"));
    }

    /**
     * Prints a failure.
     *
     * @param verbose whether to show the stack trace
     * @return the exit code
     */
    static int print(Exception e, PrintWriter err, boolean verbose) {
        int code =
                switch (e) {
                    case UserError u -> print(err, u.sentence(), u.hint(), u.code());
                    case ServerException s ->
                            print(
                                    err,
                                    s.failure().sentence(),
                                    hint(s.failure()),
                                    ExitCode.SERVER_FAILED);
                    default ->
                            print(
                                    err,
                                    "Stoker has a defect: " + e + ".",
                                    verbose
                                            ? ""
                                            : "Run the command again with -v and report what it"
                                                    + " prints.",
                                    ExitCode.WRONG_USE);
                };
        if (verbose) {
            e.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    private static int print(PrintWriter err, String sentence, String hint, ExitCode code) {
        String before = "stoker: ";
        for (String part : sentence.split("\n", -1)) {
            err.println(before + Text.plain(part, 1000));
            before = "          ";
        }
        if (!hint.isBlank()) {
            err.println("        " + Text.plain(hint, 1000));
        }
        return code.number();
    }

    private static String hint(ServerFailure failure) {
        return switch (failure) {
            case ServerFailure.Unreachable f ->
                    "Start it, or name another one with --server http://HOST:PORT.";
            case ServerFailure.Refused f ->
                    "If it wants a key, put it into an environment variable and name that with"
                            + " --api-key-env.";
            case ServerFailure.Stalled f -> "Look into the server's log; a restart may help.";
            default -> "";
        };
    }
}
