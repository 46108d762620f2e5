package dev.stoker.host;

import dev.stoker.base.Text;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Locale;

/** Picks the source that can look into the host of a server. Stateless. */
public final class Hosts {
    private Hosts() {}

    /**
     * Returns the source for the machine of that name or address: this machine's kernel where the
     * name leads here, else one that says why nothing can be read. May look the name up.
     */
    public static HostSource of(String host) {
        return of(host, System.getProperty("os.name", ""));
    }

    static HostSource of(String host, String operatingSystem) {
        String name =
                host.startsWith("[") && host.endsWith("]")
                        ? host.substring(1, host.length() - 1)
                        : host;
        if (!leadsHere(name)) {
            return new NoHost("the server runs on another machine (" + Text.plain(name, 100) + ")");
        }
        return local(operatingSystem);
    }

    /** Returns the source for this machine, without looking up a name. */
    public static HostSource local() {
        return local(System.getProperty("os.name", ""));
    }

    private static HostSource local(String operatingSystem) {
        if (!operatingSystem.toLowerCase(Locale.ROOT).contains("linux")) {
            return new NoHost("the memory of a host can only be read on Linux");
        }
        return new ProcHost(Path.of("/proc"), Path.of("/sys"));
    }

    private static boolean leadsHere(String name) {
        try {
            for (InetAddress address : InetAddress.getAllByName(name)) {
                if (address.isLoopbackAddress()
                        || address.isAnyLocalAddress()
                        || NetworkInterface.getByInetAddress(address) != null) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }
}
