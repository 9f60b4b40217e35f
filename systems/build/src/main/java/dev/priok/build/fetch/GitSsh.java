package dev.priok.build.fetch;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.eclipse.jgit.transport.SshConfigStore;
import org.eclipse.jgit.transport.sshd.SshdSessionFactory;
import org.eclipse.jgit.transport.sshd.SshdSessionFactoryBuilder;
import org.eclipse.jgit.transport.sshd.agent.Connector;
import org.eclipse.jgit.transport.sshd.agent.ConnectorFactory;

/** Lets JGit speak ssh with the keys of an agent alone, to servers that are known, whatever the machine has for its own users. */
final class GitSsh implements ConnectorFactory {
    private final SshAccess access;

    private GitSsh(SshAccess access) {
        this.access = access;
    }

    /** Makes sessions; to be closed. */
    static SshdSessionFactory sessions(SshAccess access, Path folder) {
        return new SshdSessionFactoryBuilder()
                .setHomeDirectory(folder.toFile())
                .setSshDirectory(folder.resolve("ssh").toFile())
                .setPreferredAuthentications("publickey")
                .setConfigStoreFactory((_, _, _) -> new NoConfig())
                .setDefaultIdentities(_ -> List.of())
                .setDefaultKeysProvider(_ -> List.of())
                // A server that is not in it is asked about, and nobody is there to answer: refused.
                .setDefaultKnownHostsFiles(_ -> access.knownHosts().stream().toList())
                .setConnectorFactory(new GitSsh(access))
                .build(null);
    }

    @Override
    public Connector create(String identityAgent, java.io.File homeDir) {
        SshAccess.Agent agent = access.agents().get();
        return new Connector() {
            @Override
            public boolean connect() {
                return true;
            }

            @Override
            public byte[] rpc(byte command, byte[] message) throws java.io.IOException {
                // Its first four bytes are kept for the length, the fifth for the command.
                byte[] whole = Arrays.copyOfRange(message, Integer.BYTES, message.length);
                whole[0] = command;
                return agent.ask(whole);
            }

            @Override
            public void close() {
                agent.close();
            }
        };
    }

    @Override
    public boolean isSupported() {
        return true;
    }

    @Override
    public String getName() {
        return "priok";
    }

    @Override
    public Collection<ConnectorDescriptor> getSupportedConnectors() {
        return List.of(getDefaultConnector());
    }

    @Override
    public ConnectorDescriptor getDefaultConnector() {
        return new ConnectorDescriptor() {
            @Override
            public String getIdentityAgent() {
                return "SSH_AUTH_SOCK";
            }

            @Override
            public String getDisplayName() {
                return "the agent of the build's client";
            }
        };
    }

    /** No configuration of ssh. */
    private static final class NoConfig implements SshConfigStore {
        @Override
        public HostConfig lookup(String hostName, int port, String userName) {
            return EMPTY_CONFIG;
        }

        @Override
        public HostConfig lookupDefault(String hostName, int port, String userName) {
            return EMPTY_CONFIG;
        }
    }
}
