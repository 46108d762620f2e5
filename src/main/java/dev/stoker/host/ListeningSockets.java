package dev.stoker.host;

import dev.stoker.base.Reading;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Finds which process listens on a TCP port: the kernel's socket table gives the socket's inode,
 * and the process that has it open shows it among its file descriptors. Thread-safe.
 *
 * <p>Source: proc_net(5) (columns of {@code tcp} and {@code tcp6}), proc_pid_fd(5).
 */
final class ListeningSockets {
    private static final String LISTEN = "0A";

    /** Service managers: they hold the socket too where it is activated by one. */
    private static final Set<String> MANAGERS = Set.of("systemd", "init");

    private final ProcessTable processes;

    ListeningSockets(ProcessTable processes) {
        this.processes = processes;
    }

    /**
     * A listening socket.
     *
     * @param inode its number in the kernel
     * @param uid the user that opened it
     */
    record Socket(long inode, long uid) {}

    /**
     * Returns the sockets that listen on a port, as a folder such as {@code /proc/net} shows them.
     */
    Reading<List<Socket>> on(int port, Path net) {
        Reading<String> four = ProcFile.text(net.resolve("tcp"));
        Reading<String> six = ProcFile.text(net.resolve("tcp6"));
        if (!four.isKnown() && !six.isKnown()) {
            return Reading.unsupported(four.reason());
        }
        List<Socket> found = new ArrayList<>();
        for (String table : List.of(four.orElse(""), six.orElse(""))) {
            table.lines().forEach(line -> listening(line, port).ifPresent(found::add));
        }
        return Reading.known(found);
    }

    private static Optional<Socket> listening(String line, int port) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length < 10 || !columns[3].equals(LISTEN)) {
            return Optional.empty();
        }
        int colon = columns[1].lastIndexOf(':');
        OptionalLong uid = ProcFile.number(columns[7]);
        OptionalLong inode = ProcFile.number(columns[9]);
        if (colon < 0 || uid.isEmpty() || inode.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Integer.parseInt(columns[1].substring(colon + 1), 16) == port
                    ? Optional.of(new Socket(inode.getAsLong(), uid.getAsLong()))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns the process that owns one of the sockets: of several (a parent and its children) the
     * topmost.
     */
    Optional<HostProcess> owner(List<Socket> sockets, List<Long> candidates) {
        Set<String> links = new HashSet<>();
        sockets.forEach(s -> links.add("socket:[" + s.inode() + "]"));
        List<HostProcess> owners = new ArrayList<>();
        for (long pid : candidates) {
            if (holds(pid, links)) {
                processes.process(pid).ifPresent(owners::add);
            }
        }
        if (owners.size() > 1) {
            owners.removeIf(p -> MANAGERS.contains(p.name()));
        }
        Set<Long> pids = new HashSet<>();
        owners.forEach(p -> pids.add(p.pid()));
        return owners.stream().filter(p -> !pids.contains(p.parent())).findFirst();
    }

    private boolean holds(long pid, Set<String> links) {
        try (DirectoryStream<Path> open =
                Files.newDirectoryStream(processes.folder(pid).resolve("fd"))) {
            for (Path descriptor : open) {
                if (links.contains(target(descriptor))) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return false;
        }
        return false;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
