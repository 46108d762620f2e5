package dev.stoker.server.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaHostTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "localhost                 | http://localhost:11434",
                "gpu-box                   | http://gpu-box:11434",
                "gpu-box:8080              | http://gpu-box:8080",
                "http://gpu-box            | http://gpu-box:80",
                "HTTP://gpu-box            | http://gpu-box:80",
                "https://gpu-box           | https://gpu-box:443",
                "https://gpu-box:8443/llm/ | https://gpu-box:8443/llm",
                "http://gpu-box:9000/a/b   | http://gpu-box:9000/a/b",
                ":11434                    | http://127.0.0.1:11434",
                ":9000                     | http://127.0.0.1:9000",
                "0.0.0.0                   | http://127.0.0.1:11434",
                "0.0.0.0:9000              | http://127.0.0.1:9000",
                "http://0.0.0.0:9000       | http://127.0.0.1:9000",
                "[::]:9000                 | http://[::1]:9000",
                "[::1]                     | http://[::1]:11434",
                "::1                       | http://[::1]:11434",
                "[fe80::1]:9000            | http://[fe80::1]:9000",
                "http://[::1]              | http://[::1]:80",
                "\" gpu-box:9000 \"        | http://gpu-box:9000",
                "'gpu-box'                 | http://gpu-box:11434",
                "gpu-box/path              | http://gpu-box:11434/path",
            })
    void address_wellFormed_isReadWithoutWarning(String text, String url) {
        OllamaHost host = OllamaHost.parse(text);
        assertThat(host.endpoint().url()).isEqualTo(url);
        assertThat(host.warning()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpu-box:        | http://gpu-box:11434",
                "gpu-box:none    | http://gpu-box:11434",
                "gpu-box:70000   | http://gpu-box:11434",
                "gpu-box:0       | http://gpu-box:11434",
                "gpu-box:-1      | http://gpu-box:11434",
                "http://gpu:x/p  | http://gpu:80/p",
                "ftp://gpu-box   | http://gpu-box:11434",
            })
    void address_wrong_isReadWithTheDefaultAndAWarning(String text, String url) {
        OllamaHost host = OllamaHost.parse(text);
        assertThat(host.endpoint().url()).isEqualTo(url);
        assertThat(host.warning().orElse("")).startsWith("OLLAMA_HOST");
    }
}
