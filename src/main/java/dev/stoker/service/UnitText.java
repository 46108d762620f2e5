package dev.stoker.service;

import dev.stoker.base.Text;
import dev.stoker.base.UserError;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes a unit of systemd. It is locked up as far as Stoker can do its work: it reads the machine,
 * talks to servers, and writes to its own folders alone. Not used are MemoryDenyWriteExecute, which
 * a Java machine can't live with, and PrivateDevices, which hides the GPUs. Directives are those of
 * systemd.exec(5), systemd.service(5) and systemd.unit(5). Pure.
 */
public final class UnitText {
    /** The first line of a unit that this program wrote, by which it knows its own again. */
    static final String MARK = "# Written by 'stoker service install'.";

    private UnitText() {}

    public static String of(UnitRequest request) {
        boolean system = request.scope() == UnitRequest.Scope.SYSTEM;
        List<String> lines = new ArrayList<>();
        lines.add(MARK + " Change it by installing again; drop-ins are kept.");
        lines.add("[Unit]");
        lines.add("Description=Stoker: " + described(request.arguments()));
        if (system) {
            lines.add("Wants=network-online.target");
            lines.add("After=network-online.target ollama.service");
        }
        // A server that is away for long is no reason to give up.
        lines.add("StartLimitIntervalSec=0");
        lines.add("");
        lines.add("[Service]");
        lines.add("Type=exec");
        lines.add("ExecStart=" + command(request));
        lines.add("Environment=" + quoted("JAVA_HOME=" + request.javaHome()));
        lines.add("Restart=on-failure");
        lines.add("RestartSec=5");
        lines.add("TimeoutStopSec=20");
        lines.add("SuccessExitStatus=143");
        lines.add("MemoryMax=512M");
        lines.add("TasksMax=256");
        lines.add("Nice=5");
        lines.add("UMask=0077");
        lines.add("NoNewPrivileges=yes");
        lines.add("LockPersonality=yes");
        lines.add("RestrictRealtime=yes");
        lines.add("RestrictSUIDSGID=yes");
        lines.add("SystemCallArchitectures=native");
        if (system) {
            lines.addAll(locked(request));
        }
        lines.add("");
        lines.add("[Install]");
        lines.add("WantedBy=" + (system ? "multi-user.target" : "default.target"));
        return lines.stream().collect(Collectors.joining("\n", "", "\n"));
    }

    private static List<String> locked(UnitRequest request) {
        List<String> lines = new ArrayList<>();
        if (request.user().isPresent()) {
            lines.add("User=" + request.user().get());
        } else {
            lines.add("DynamicUser=yes");
        }
        lines.add("StateDirectory=stoker");
        lines.add("Environment=XDG_DATA_HOME=/var/lib");
        lines.add("Environment=HOME=/var/lib/stoker");
        lines.add("CapabilityBoundingSet=");
        lines.add("ProtectSystem=strict");
        lines.add("ProtectHome=read-only");
        lines.add("PrivateTmp=yes");
        lines.add("ProtectClock=yes");
        lines.add("ProtectControlGroups=yes");
        lines.add("ProtectHostname=yes");
        lines.add("ProtectKernelLogs=yes");
        lines.add("ProtectKernelModules=yes");
        lines.add("ProtectKernelTunables=yes");
        lines.add("RestrictNamespaces=yes");
        lines.add("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK");
        return lines;
    }

    private static String described(List<String> arguments) {
        return Text.plain(arguments.isEmpty() ? "" : arguments.getFirst(), 40);
    }

    private static String command(UnitRequest request) {
        List<String> words = new ArrayList<>();
        words.add(quoted(request.program().toString()));
        request.arguments().forEach(a -> words.add(quoted(a)));
        return String.join(" ", words);
    }

    /**
     * A word as systemd reads it: quoted where needed, with its specifiers and variables taken
     * literally.
     */
    static String quoted(String word) {
        if (word.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw UserError.wrongUse(
                    "'" + Text.plain(word, 60) + "' holds a control character.",
                    "A unit can't hold it; leave it out.");
        }
        String literal = word.replace("%", "%%").replace("$", "$$");
        boolean plain = !word.isEmpty() && literal.matches("[A-Za-z0-9_@%$+=:,./-]+");
        return plain ? literal : '"' + literal.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
