package dev.stoker.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.Locale;

/**
 * {@code stoker completion bash|zsh}: prints the script that lets the shell complete commands and
 * options. It is made from the commands themselves and so never lags behind them. Used by one
 * thread.
 */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = StokerVersion.class,
        description = "Print the completion script of a shell.",
        footer = {
            "",
            "bash:  source <(stoker completion bash)",
            "zsh:   source <(stoker completion zsh)",
        })
public final class CompletionCommand implements Runnable {
    /** The shells that have a script. */
    public enum Shell {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Shell shell;

    @Override
    public void run() {
        var out = spec.commandLine().getOut();
        out.print(script(shell));
        out.flush();
    }

    /**
     * The one generated script serves both shells; zsh needs its bash completion switched on first.
     */
    private String script(Shell wanted) {
        String bash = AutoComplete.bash("stoker", spec.root().commandLine());
        return switch (wanted) {
            case BASH -> bash;
            case ZSH -> "autoload -Uz compinit bashcompinit && compinit && bashcompinit\n" + bash;
        };
    }
}
