namespace Orchestrator.Testing;

/// <summary>Where the test bed keeps things, from the same environment variables and defaults as tests/testbed/lib/env.sh.</summary>
/// <param name="Name">TB_NAME: prefix of host names.</param>
/// <param name="Network">TB_NET: the first three numbers of the bed's /24.</param>
/// <param name="State">TB_STATE: the state directory.</param>
/// <param name="Scripts">The folder tests/testbed of this repository.</param>
public sealed record TestbedPaths(string Name, string Network, string State, string Scripts)
{
    /// <summary>Private SSH key that root of every host accepts.</summary>
    public string SshKey => Path.Combine(State, "keys/id");

    /// <summary>OpenSSH known_hosts with every host's key.</summary>
    public string KnownHosts => Path.Combine(State, "keys/known_hosts");

    /// <summary>Folder with cacert.pem, clientcert.pem and clientkey.pem (libvirt's pkipath) that every host trusts.</summary>
    public string ClientCertificates => Path.Combine(State, "tls/client");

    /// <summary>The same three files from an authority that no host trusts.</summary>
    public string StrangerCertificates => Path.Combine(State, "tls/stranger");

    /// <summary>The micro guest as a bootable qcow2 disk; exists after <see cref="Testbed.BuildImageAsync"/>.</summary>
    public string Image => Path.Combine(Scripts, "out/micro.qcow2");

    /// <summary>The same disk, raw.</summary>
    public string RawImage => Path.Combine(Scripts, "out/micro.raw");

    /// <summary>Reads the environment and finds the repository above the running test's folder.</summary>
    public static TestbedPaths FromEnvironment()
    {
        var name = Variable("TB_NAME") ?? "tb";
        var usual = name == "tb";
        var network = Variable("TB_NET") ?? (usual ? "10.98.0" : throw new InvalidOperationException("TB_NET must be set when TB_NAME is."));
        var state = Variable("TB_STATE") ?? (usual ? "/var/tmp/vm-testbed" : $"/var/tmp/vm-testbed-{name}");
        return new TestbedPaths(name, network, state, FindScripts());
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string FindScripts()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var scripts = Path.Combine(folder.FullName, "tests", "testbed");
            if (File.Exists(Path.Combine(scripts, "up")))
            {
                return scripts;
            }
        }

        throw new InvalidOperationException($"No tests/testbed above {AppContext.BaseDirectory}.");
    }
}
