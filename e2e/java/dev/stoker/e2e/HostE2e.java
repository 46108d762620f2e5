package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Bytes;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.control.Controls;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.Hosts;
import dev.stoker.host.MemoryExtremes;
import dev.stoker.host.MemorySampler;
import dev.stoker.host.ServerLog;
import dev.stoker.host.TreeMemory;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** What the host tells of a real Ollama and its runner: process, memory, log. */
final class HostE2e {

    @Test
    void ollama_loadedModel_runnerMemoryAndCachedShareSeen() {
        try (RealOllama real = RealOllama.start()) {
            int port = real.url().getPort();
            HostSource host = Hosts.of(real.url().getHost());
            Reading<HostProcess> server = host.listener(port);
            assertThat(server.value().pid()).isEqualTo(real.pid());
            ServerLog log = ServerLog.of(host, port, Clock.system());
            Bytes idle = host.tree(real.pid()).resident().value();

            try (MemorySampler sampler =
                    MemorySampler.start(host, server, Duration.ofMillis(100), Clock.system())) {
                long mark = log.mark();
                generate(real, "alpha beta gamma delta epsilon zeta eta theta one");
                generate(real, "alpha beta gamma delta epsilon zeta eta theta two");

                List<Long> cached = log.cachedSince(mark).value();
                assertThat(cached).hasSize(2);
                assertThat(cached.get(0)).isZero();
                assertThat(cached.get(1)).isPositive();
                assertThat(log.cachedSince(log.mark()).value()).isEmpty();

                TreeMemory loaded = host.tree(real.pid());
                assertThat(loaded.processes())
                        .extracting(HostProcess::pid)
                        .contains(real.pid())
                        .containsAll(real.runnerPids());
                assertThat(loaded.resident().value()).isGreaterThan(idle.plus(Bytes.mib(80)));
                MemoryExtremes extremes = sampler.mark();
                assertThat(extremes.mostResident().value())
                        .isGreaterThanOrEqualTo(idle.plus(Bytes.mib(80)));
            }
        }
    }

    @Test
    void ollama_startedByHand_noMeansToRestart() {
        try (RealOllama real = RealOllama.start()) {
            HostSource host = Hosts.of("localhost");

            assertThat(Controls.of(host, Clock.system()).find(real.url().getPort()).canRestart())
                    .isFalse();
        }
    }

    private static void generate(RealOllama real, String prompt) {
        HttpProbe.Answer answer =
                real.http()
                        .post(
                                "/api/generate",
                                """
                                {"model":"%s","raw":true,"stream":false,"prompt":"%s",\
                                "options":{"num_predict":8,"num_ctx":2048}}\
                                """
                                        .formatted(RealOllama.SMOLLM2, prompt));
        assertThat(answer.status()).isEqualTo(200);
    }
}
