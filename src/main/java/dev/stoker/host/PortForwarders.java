package dev.stoker.host;

import dev.stoker.base.Reading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks behind a listener that only passes connections on. Docker's proxy names the container's
 * address and port in its arguments: the server is the process that listens there, in the network
 * of a container with that address. Behind any other forwarder (ssh, a reverse proxy) the server
 * can't be known from here, and the forwarder's memory must not be taken for the server's.
 * Thread-safe.
 *
 * <p>Source: {@code docker-proxy} of moby ({@code -container-ip}, {@code -container-port});
 * fib_trie and if_inet6 of proc_pid_net(5).
 */
final class PortForwarders {
    private static final String DOCKER = "docker-proxy";
    private static final Set<String> FORWARDERS =
            Set.of(
                    "ssh",
                    "sshd",
                    "sshd-session",
                    "autossh",
                    "socat",
                    "kubectl",
                    "nginx",
                    "caddy",
                    "haproxy",
                    "traefik",
                    "envoy",
                    "rootlessport",
                    "slirp4netns",
                    "pasta",
                    "pasta.avx2",
                    "cloudflared",
                    "ngrok",
                    "tailscaled");

    private final ProcessTable processes;
    private final ListeningSockets sockets;
    private final ControlGroups groups;

    PortForwarders(ProcessTable processes, ListeningSockets sockets, ControlGroups groups) {
        this.processes = processes;
        this.sockets = sockets;
        this.groups = groups;
    }

    /**
     * Returns the listener itself where it is a server, else the server behind it, or why it can't
     * be known.
     */
    Reading<HostProcess> behind(HostProcess listener) {
        if (listener.name().equals(DOCKER)) {
            return behindDocker(listener);
        }
        if (FORWARDERS.contains(listener.name())) {
            return Reading.unsupported(
                    "the port is forwarded by "
                            + listener.name()
                            + " (process "
                            + listener.pid()
                            + "); the server itself runs elsewhere");
        }
        return Reading.known(listener);
    }

    private Reading<HostProcess> behindDocker(HostProcess proxy) {
        List<String> arguments = processes.arguments(proxy.pid());
        Optional<String> address = option(arguments, "container-ip");
        int port =
                option(arguments, "container-port")
                        .map(p -> (int) ProcFile.number(p).orElse(0))
                        .orElse(0);
        if (address.isEmpty() || port < 1 || port > 65535) {
            return Reading.unsupported(
                    "the port is forwarded by Docker's proxy (process "
                            + proxy.pid()
                            + "), which does not say to which container");
        }
        Set<String> seen = new HashSet<>();
        for (long pid : processes.pids()) {
            if (!(groups.supervisor(pid)
                    instanceof Reading.Known<Supervisor>(Supervisor.Container c))) {
                continue;
            }
            String network = network(pid);
            if (!seen.add(network) || !hasAddress(pid, address.get())) {
                continue;
            }
            List<ListeningSockets.Socket> open =
                    sockets.on(port, processes.folder(pid).resolve("net")).orElse(List.of());
            Optional<HostProcess> owner = sockets.owner(open, sameNetwork(network));
            if (owner.isPresent()) {
                return Reading.known(owner.get());
            }
            return Reading.unsupported(
                    "the server runs in the container "
                            + c.id().substring(0, 12)
                            + ", whose processes may not be looked into; run as root to see its"
                            + " memory");
        }
        return Reading.unsupported(
                "the port is forwarded by Docker's proxy (process "
                        + proxy.pid()
                        + "), and no process of the container at "
                        + address.get()
                        + " can be seen");
    }

    private List<Long> sameNetwork(String network) {
        List<Long> pids = new ArrayList<>();
        for (long pid : processes.pids()) {
            if (network(pid).equals(network)) {
                pids.add(pid);
            }
        }
        return pids;
    }

    /** Returns the identity of a process's network; its own number where that may not be read. */
    private String network(long pid) {
        try {
            return Files.readSymbolicLink(processes.folder(pid).resolve("ns").resolve("net"))
                    .toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "pid:" + pid;
        }
    }

    private boolean hasAddress(long pid, String address) {
        Path net = processes.folder(pid).resolve("net");
        return address.indexOf(':') < 0
                ? ProcFile.text(net.resolve("fib_trie"))
                        .orElse("")
                        .lines()
                        .anyMatch(line -> line.strip().equals("|-- " + address))
                : ProcFile.text(net.resolve("if_inet6"))
                        .orElse("")
                        .lines()
                        .anyMatch(line -> line.startsWith(expanded(address) + " "));
    }

    /** Returns an IPv6 address as 32 hexadecimal digits, as the kernel lists it. */
    private static String expanded(String address) {
        int gap = address.indexOf("::");
        String[] head = (gap < 0 ? address : address.substring(0, gap)).split(":", -1);
        String[] tail = gap < 0 ? new String[0] : address.substring(gap + 2).split(":", -1);
        StringBuilder out = new StringBuilder(digits(head));
        String end = digits(tail);
        while (out.length() + end.length() < 32) {
            out.append('0');
        }
        return out.append(end).toString();
    }

    private static String digits(String[] groups) {
        StringBuilder out = new StringBuilder();
        for (String group : groups) {
            if (!group.isEmpty()) {
                out.append("0".repeat(Math.max(0, 4 - group.length()))).append(group);
            }
        }
        return out.toString();
    }

    private static Optional<String> option(List<String> arguments, String name) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i).replaceFirst("^--?", "");
            if (argument.equals(name) && i + 1 < arguments.size()) {
                return Optional.of(arguments.get(i + 1));
            }
            if (argument.startsWith(name + "=")) {
                return Optional.of(argument.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }
}
