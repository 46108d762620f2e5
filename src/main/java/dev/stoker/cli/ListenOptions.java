package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.web.Gate;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where to listen, and who may read. What others can reach needs a token, or the word of the user
 * that it needs none. Filled by picocli.
 */
final class ListenOptions {
    private static final int LEAST_TOKEN = 16;
    private static final int LONGEST_TOKEN = 4096;

    @Option(
            names = "--port",
            description = "Port; 0 takes a free one. Default: ${DEFAULT-VALUE}.",
            defaultValue = "9114")
    int port = 9114;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description =
                    "Address to listen on, such as 0.0.0.0 or ::. Default: ${DEFAULT-VALUE}. Any"
                            + " that others can reach needs a token.",
            defaultValue = "127.0.0.1")
    String listen = "127.0.0.1";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file with the token that clients have to send: Bearer TOKEN.")
    @Nullable Path tokenFile;

    @Option(
            names = "--token-env",
            paramLabel = "NAME",
            description = "The environment variable that holds it.")
    @Nullable String tokenEnv;

    @Option(
            names = "--insecure-listen",
            description = "Let everybody who reaches the address read, without a token.")
    boolean insecure;

    InetSocketAddress address() {
        if (port < 0 || port > 65535) {
            throw UserError.wrongUse("The port must be from 0 to 65535, but is " + port + ".", "");
        }
        String text = listen.strip();
        if (text.startsWith("[") && text.endsWith("]")) {
            text = text.substring(1, text.length() - 1);
        }
        try {
            if (!text.isEmpty()) {
                return new InetSocketAddress(InetAddress.getByName(text), port);
            }
        } catch (UnknownHostException e) {
            // Said below.
        }
        throw UserError.wrongUse(
                "Expected an address of this machine after --listen, such as 127.0.0.1 or 0.0.0.0,"
                        + " but got '"
                        + Text.plain(listen, 100)
                        + "'.",
                "The port is given with --port.");
    }

    Gate gate(InetSocketAddress address, Map<String, String> env) {
        if (tokenFile != null && tokenEnv != null) {
            throw UserError.wrongUse(
                    "--token-file and --token-env exclude each other.", "Choose one of them.");
        }
        if (tokenFile != null) {
            return Gate.withToken(checked(read(tokenFile), "The file '" + tokenFile + "'"));
        }
        if (tokenEnv != null) {
            return Gate.withToken(
                    checked(
                            env.getOrDefault(tokenEnv, ""),
                            "The environment variable '" + tokenEnv + "'"));
        }
        if (Gate.isLoopback(address)) {
            return Gate.local();
        }
        if (insecure) {
            return Gate.open();
        }
        throw new UserError(
                ExitCode.REFUSED,
                "On "
                        + Text.plain(listen, 100)
                        + " others can reach this, and there is no token that they would need.",
                "Give one with --token-file or --token-env (openssl rand -hex 32 makes one), or say"
                        + " --insecure-listen.");
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_TOKEN + 1), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserError(
                    ExitCode.WRONG_USE,
                    "The token's file '" + Text.plain(file.toString()) + "' can't be read.",
                    "It has to hold the token, and be readable for this user.",
                    e);
        }
    }

    private static String checked(String text, String source) {
        String token = text.strip();
        boolean isWord = token.chars().allMatch(c -> c >= 0x21 && c <= 0x7e);
        if (token.length() < LEAST_TOKEN || token.length() > LONGEST_TOKEN || !isWord) {
            throw UserError.wrongUse(
                    Text.plain(source, 300)
                            + " has to hold a token: one word of "
                            + LEAST_TOKEN
                            + " to "
                            + LONGEST_TOKEN
                            + " printable ASCII characters.",
                    "openssl rand -hex 32 makes a good one.");
        }
        return token;
    }

    /** Returns an address and its port as in a URL. */
    static String shown(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        String name = host == null ? address.getHostString() : host.getHostAddress();
        return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + address.getPort();
    }
}
