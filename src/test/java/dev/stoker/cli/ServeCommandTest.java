package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What {@code stoker serve} refuses before it looks at anything. */
class ServeCommandTest {
    private final StringWriter err = new StringWriter();

    @TempDir private Path folder;

    private int serve(String... arguments) {
        MachineWatcher none =
                wanted -> {
                    throw new AssertionError("nothing is to be looked at");
                };
        Map<String, String> env = Map.of("SHORT", "abc", "TOKEN", "0123456789abcdef");
        ServeCommand command = new ServeCommand(none, env, Clock.system());
        CommandLine line = StokerCommand.commandLine(Map.of("serve", () -> command), "serve");
        line.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("serve"));
        all.addAll(Arrays.asList(arguments));
        return line.execute(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]", "192.0.2.1"})
    void address_thatOthersReach_isRefusedWithoutAToken(String address) {
        assertThat(serve("--listen", address, "--port", "0")).isEqualTo(4);
        assertThat(err.toString()).contains("others can reach this", "--token-file");
    }

    @Test
    void address_thatIsNotOfThisMachine_isToldOnceItIsAllowed() {
        assertThat(serve("--listen", "192.0.2.1", "--port", "0", "--token-env", "TOKEN"))
                .isEqualTo(3);
        assertThat(err.toString()).contains("can't listen on 192.0.2.1:0");
    }

    @Test
    void port_taken_isToldInASentence() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = other.getLocalPort();
            assertThat(serve("--port", Integer.toString(port))).isEqualTo(3);
            assertThat(err.toString())
                    .contains("can't listen on 127.0.0.1:" + port + ": Address already in use")
                    .contains("--port");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port 70000 | The port must be from 0 to 65535",
                "--interval 0.1 | --interval takes seconds from 0.2 to 300",
                "--interval NaN | --interval takes seconds from 0.2 to 300",
                "--compat node | --compat knows 'dcgm'",
                "--listen 1.2.3.4:5 | Expected an address of this machine",
                "--listen= | Expected an address of this machine",
                "--token-env SHORT | has to hold a token: one word of 16",
                "--token-env MISSING | has to hold a token: one word of 16",
                "--token-env A --token-file B | exclude each other",
                "--token-file /no/such/file | can't be read",
            })
    void use_wrong_isRefusedWithASentence(String arguments, String sentence) {
        assertThat(serve(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(sentence).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "two words of a token 0123456789", "0123456789abcdeß"})
    void token_thatIsNone_isRefusedAndNotPrinted(String token) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), token);
        assertThat(serve("--token-file", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("openssl rand -hex 32");
        if (!token.isEmpty()) {
            assertThat(err.toString()).doesNotContain(token);
        }
    }
}
