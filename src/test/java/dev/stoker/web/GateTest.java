package dev.stoker.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets an answer, and who does not. */
class GateTest {
    private static final String TOKEN = "0123456789abcdef";

    private static Headers headers(String... namesAndValues) {
        Headers headers = new Headers();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:9114",
                "LOCALHOST:1",
                "127.0.0.1:9114",
                "127.9.8.7",
                "[::1]",
                "[::1]:9114"
            })
    void host_thatIsThisMachine_isLetIn(String host) {
        assertThat(Gate.local().objection(headers("Host", host), true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "localhost.evil.example:9114",
                "127.0.0.1.evil.example",
                "evil.example:127.0.0.1",
                "[::1].evil.example",
                "::1"
            })
    void host_ofAnotherName_isRefused(String host) {
        assertThat(Gate.local().objection(headers("Host", host), true))
                .hasValueSatisfying(body -> assertThat(body.status()).isEqualTo(403));
        assertThat(Gate.local().objection(headers("Host", host), false)).isPresent();
    }

    @Test
    void host_missing_isRefused() {
        assertThat(Gate.local().objection(headers(), true)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer 0123456789abcdef", "bearer  0123456789abcdef "})
    void token_right_isLetIn(String header) {
        assertThat(Gate.withToken(TOKEN).objection(headers("Authorization", header), true))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer 0123456789abcdeg",
                "Bearer 0123456789abcdef0",
                "Basic 0123456789abcdef",
                "0123456789abcdef"
            })
    void token_wrong_isRefused(String header) {
        assertThat(Gate.withToken(TOKEN).objection(headers("Authorization", header), true))
                .hasValueSatisfying(body -> assertThat(body.status()).isEqualTo(401));
    }

    @Test
    void token_missing_isRefusedButForWhatIsNoSecret() {
        assertThat(Gate.withToken(TOKEN).objection(headers(), true)).isPresent();
        assertThat(Gate.withToken(TOKEN).objection(headers(), false)).isEmpty();
    }

    @Test
    void open_always_letsEverybodyIn() {
        assertThat(Gate.open().objection(headers("Host", "box.example"), true)).isEmpty();
    }
}
