package io.millrace.deploy.compose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Ports of the loopback interface that nobody listens at. */
final class FreePorts {

    /** From here on systems give ports to clients, and Docker to containers, at any moment. */
    private static final int END = 32_000;

    private static final int BEGIN = 15_000;

    private FreePorts() {}

    /** So many, all different: they stay open together, lest one is found twice. */
    static List<Integer> distinct(int count) {
        List<ServerSocket> open = new ArrayList<>();
        Random random = new Random();
        try {
            while (open.size() < count) {
                int port = BEGIN + random.nextInt(END - BEGIN);
                try {
                    open.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (IOException taken) {
                    continue;
                }
            }
            return open.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            open.forEach(FreePorts::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
