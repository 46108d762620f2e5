package dev.stoker.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the program is connected to: whether a person watches, how wide the screen is, whether
 * colour is wanted. Read once at the start. Immutable.
 *
 * @param outIsTerminal whether standard output is a terminal
 * @param errIsTerminal whether standard error is one
 * @param inIsTerminal whether standard input is one: only then is there somebody to ask
 * @param columns the width for tables; very wide when standard output is no terminal and none is
 *     given
 * @param colour whether colour may be used
 */
public record Terminal(
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean inIsTerminal,
        int columns,
        boolean colour) {
    private static final int UNBOUNDED = 1000;

    /** Looks at the process's own streams and environment. */
    public static Terminal detect(Map<String, String> env, boolean noColour) {
        boolean out = isTerminal(1);
        boolean colour = out && !noColour && env.getOrDefault("NO_COLOR", "").isEmpty();
        boolean dumb = env.getOrDefault("TERM", "").equals("dumb");
        return new Terminal(
                out, isTerminal(2) && !dumb, isTerminal(0), columns(env, out), colour && !dumb);
    }

    @SuppressWarnings(
            "SystemConsoleNull") // NullAway wants the check that Error Prone calls needless
    private static boolean isTerminal(int descriptor) {
        try {
            String target =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/")
                    || target.startsWith("/dev/tty")
                    || target.equals("/dev/console");
        } catch (IOException e) {
            Console console = System.console();
            return console != null && console.isTerminal();
        }
    }

    private static int columns(Map<String, String> env, boolean outIsTerminal) {
        try {
            int asked = Integer.parseInt(env.getOrDefault("COLUMNS", "").strip());
            if (asked >= 20) {
                return asked;
            }
        } catch (NumberFormatException e) {
            // Not told by the environment: ask the terminal.
        }
        return outIsTerminal ? sttyColumns() : UNBOUNDED;
    }

    private static int sttyColumns() {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(Path.of("/dev/tty").toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (InputStream in = stty.getInputStream()) {
                String[] size =
                        new String(in.readNBytes(64), StandardCharsets.US_ASCII)
                                .strip()
                                .split(" ", -1);
                if (stty.waitFor(1, TimeUnit.SECONDS) && size.length == 2) {
                    int columns = Integer.parseInt(size[1]);
                    return columns >= 20 ? columns : 80;
                }
            }
            stty.destroy();
            return 80;
        } catch (IOException | NumberFormatException e) {
            return 80;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 80;
        }
    }

    /** Returns the text in a colour, or as it is. */
    String paint(Colour c, String text) {
        return colour ? "\u001b[" + c.code + "m" + text + "\u001b[0m" : text;
    }

    /** The few colours in use; none of them carries a meaning that the text does not carry too. */
    enum Colour {
        GOOD("32"),
        WARNING("33"),
        BAD("31"),
        FAINT("2"),
        STRONG("1");

        private final String code;

        Colour(String code) {
            this.code = code;
        }
    }
}
