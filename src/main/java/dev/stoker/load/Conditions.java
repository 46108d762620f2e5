package dev.stoker.load;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.history.Setting;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Machine;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerIdentity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The conditions that every measurement notes, whatever it measures: the machine, the server, the
 * model. Looking at them changes nothing. Stateless.
 */
public final class Conditions {
    private Conditions() {}

    /** Notes the server's machine, the server, and the options that it was started with. */
    public static void note(
            Map<String, Reading<String>> facts, HostSource host, ServerIdentity server) {
        Machine machine = host.machine();
        facts.put("host", machine.name());
        facts.put("cpu", machine.cpu());
        facts.put("cores", machine.cores());
        facts.put("memory", host.memory().total().map(Bytes::binary));
        facts.put("gpu", machine.gpu());
        facts.put("driver", machine.driver());
        facts.put("kernel", machine.kernel());
        facts.put("server", Reading.known(server.title()));
        facts.put("server url", Reading.known(server.endpoint().url()));
        facts.put("server options", options(host, server.endpoint().port()));
    }

    private static Reading<String> options(HostSource host, int port) {
        Reading<HostProcess> process = host.listener(port);
        return process instanceof Reading.Known<HostProcess>(HostProcess p)
                ? host.launchOptions(p.pid())
                : Reading.unsupported(process.reason());
    }

    /** Returns what belongs to a model alone. */
    public static Setting model(ModelInfo m, List<LoadedModel> loaded) {
        LinkedHashMap<String, Reading<String>> f = new LinkedHashMap<>();
        f.put("digest", m.digest());
        f.put("quantisation", m.quantization());
        f.put("file", m.fileSize().map(b -> b.count() + " bytes"));
        f.put("family", m.family());
        f.put("trained context", m.trainedContext().map(n -> Long.toString(n)));
        loaded.stream()
                .filter(l -> l.name().equals(m.name()))
                .findFirst()
                .ifPresent(
                        l -> f.put("loaded context", l.contextLength().map(n -> Long.toString(n))));
        return Setting.of(f);
    }

    /** Returns the SHA-256 of a text in UTF-8, as hexadecimal digits. */
    public static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the SHA-256 of bytes, as hexadecimal digits. */
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
