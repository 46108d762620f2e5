package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What machine it is and how a server was started, from trees that stand in for a kernel's. */
class ProcMachineTest {
    @TempDir private Path proc;

    private void file(String name, String text) throws IOException {
        Path file = proc.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void machine_desktopWithTwoBoards_named() throws IOException {
        file("sys/kernel/hostname", "box\n");
        file("sys/kernel/osrelease", "6.8.0-45-generic\n");
        file(
                "cpuinfo",
                "processor\t: 0\nmodel name\t: Ryzen 9 7950X\n\nprocessor\t: 1\nmodel name\t:"
                        + " Ryzen 9 7950X\n");
        file("driver/nvidia/gpus/0000:01:00.0/information", "Model: \t\t NVIDIA RTX 4090\n");
        file("driver/nvidia/gpus/0000:02:00.0/information", "Model: \t\t NVIDIA RTX 3090\n");
        file(
                "driver/nvidia/version",
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release"
                        + " Build\n"
                        + "GCC version: gcc version 13.3.0\n");

        Machine machine = new ProcHost(proc, proc).machine();
        assertThat(machine.name().value()).isEqualTo("box");
        assertThat(machine.kernel().value()).isEqualTo("6.8.0-45-generic");
        assertThat(machine.cpu().value()).isEqualTo("Ryzen 9 7950X");
        assertThat(machine.cores().value()).isEqualTo("2");
        assertThat(machine.gpu().value()).isEqualTo("NVIDIA RTX 4090 + NVIDIA RTX 3090");
        assertThat(machine.driver().value()).isEqualTo("580.95.05");
    }

    @Test
    void machine_armBoard_namedByItsDeviceTree() throws IOException {
        file("cpuinfo", "processor\t: 0\nBogoMIPS\t: 62.50\n");
        file("device-tree/model", "NVIDIA Jetson AGX Thor\0");

        assertThat(new ProcHost(proc, proc).machine().cpu().value())
                .isEqualTo("NVIDIA Jetson AGX Thor");
    }

    @Test
    void machine_nothingToRead_everyReasonIsGiven() {
        Machine machine = new ProcHost(proc, proc).machine();

        assertThat(machine.gpu().reason()).startsWith("no driver tells of a GPU");
        assertThat(machine.driver().reason()).isEqualTo("no NVIDIA driver is loaded");
        assertThat(machine.cpu().isKnown()).isFalse();
        assertThat(machine.cores().isKnown()).isFalse();
    }

    @Test
    void launchOptions_argumentsAndVariables_withoutSecrets() throws IOException {
        file(
                "7/cmdline",
                "/usr/bin/llama-server\0-ngl\0"
                        + "99\0--api-key\0hunter2\0--hf-token=abc\0-c\0"
                        + "4096\0");
        file(
                "7/environ",
                "HOME=/root\0OLLAMA_NUM_PARALLEL=2\0OLLAMA_API_KEY=x\0OLLAMA_HOST=0.0.0.0\0"
                        + "CUDA_VISIBLE_DEVICES=0\0LLAMA_ARG_FLASH_ATTN=on\0");

        assertThat(new ProcHost(proc, proc).launchOptions(7).value())
                .isEqualTo(
                        "-ngl 99 --api-key … --hf-token=… -c 4096 CUDA_VISIBLE_DEVICES=0"
                                + " LLAMA_ARG_FLASH_ATTN=on OLLAMA_NUM_PARALLEL=2");
        assertThat(new ProcHost(proc, proc).launchOptions(8).isKnown()).isFalse();
    }
}
