using System.Net;
using System.Net.Sockets;
using AkkaKv.Host.Settings;

namespace AkkaKv.Server.Launch;

/// <summary>One node of a local cluster: where it is, and the arguments that start it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="HttpPort">Its HTTP port on loopback.</param>
/// <param name="PeerPort">Its peer port on loopback.</param>
/// <param name="DataDirectory">Its directory.</param>
/// <param name="Arguments">What starts it, with or without a launcher.</param>
internal sealed record PlannedNode(string Name, int HttpPort, int PeerPort, string DataDirectory, IReadOnlyList<string> Arguments)
{
    public Uri Url => new($"http://127.0.0.1:{HttpPort}");
}

/// <summary>The nodes of a local cluster, out of the command line. Pure but for <see cref="TakenPorts"/>.</summary>
internal static class ClusterPlan
{
    /// <summary>Plans the nodes.</summary>
    public static IReadOnlyList<PlannedNode> Of(CommandLine line, OptionsResult configured, string? configFile)
    {
        var members = Enumerable.Range(0, line.Nodes)
            .Select(index => $"--member=name=node-{index + 1},endpoint=127.0.0.1:{line.PeerPort + index},http=http://127.0.0.1:{line.HttpPort + index}")
            .ToArray();
        var quorum = SmallQuorum(line.Nodes, configured);
        var loops = SharedCores(line.Nodes, configured);
        return [.. Enumerable.Range(0, line.Nodes).Select(index =>
        {
            var name = $"node-{index + 1}";
            var data = Path.Combine(configured.Options!.Node.DataDirectory, name);
            string[] config = configFile is null ? [] : [$"--config={configFile}"];
            return new PlannedNode(
                name,
                line.HttpPort + index,
                line.PeerPort + index,
                data,
                [$"--node={name}", $"--data={data}", .. members, .. config, .. quorum, .. loops, .. IdSettings.LocalFlags(index, line.Nodes, configured), .. line.Shared]);
        })];
    }

    /// <summary>What speaks against starting a local cluster with these settings.</summary>
    public static IReadOnlyList<string> Errors(CommandLine line, OptionsResult configured)
    {
        var errors = new List<string>();
        var options = configured.Options!;
        if (options.Cluster.Members.Count > 0)
            errors.Add($"Members are configured ({string.Join(", ", options.Cluster.Members.Select(member => member.Name))}), but not which of them this process is: add --node NAME.");
        if (options.Cluster.N > line.Nodes && !IsDefault(configured, "Cluster:N"))
            errors.Add($"Cluster:N must be at most the number of nodes; found N = {options.Cluster.N} and --nodes {line.Nodes}. Lower N or start more nodes.");
        foreach (var (bucket, quorum) in options.Buckets.Where(bucket => bucket.Value.N > line.Nodes))
            errors.Add($"Buckets:{bucket}:N must be at most the number of nodes; found N = {quorum.N} and --nodes {line.Nodes}. Lower N or start more nodes.");
        if (Math.Abs(line.HttpPort - line.PeerPort) < line.Nodes)
            errors.Add($"--http-port and --peer-port must be at least {line.Nodes} apart, one port for each node; found {line.HttpPort} and {line.PeerPort}. Move one of them.");
        errors.AddRange(IdSettings.LocalErrors(line.Nodes, configured));
        return errors;
    }

    /// <summary>The ports of the plan that other programs have.</summary>
    public static IReadOnlyList<TakenPort> TakenPorts(IEnumerable<PlannedNode> nodes)
    {
        var taken = new List<TakenPort>();
        foreach (var node in nodes)
        {
            if (!IsFree(node.HttpPort))
                taken.Add(new TakenPort(node.HttpPort, "--http-port", node.Name));
            if (!IsFree(node.PeerPort))
                taken.Add(new TakenPort(node.PeerPort, "--peer-port", node.Name));
        }

        return taken;
    }

    /// <summary>The next first port, in steps of ten, from which on all are free.</summary>
    public static int FreeFrom(int first, int count)
    {
        for (var port = first; port + count <= IPEndPoint.MaxPort; port += 10)
        {
            if (Enumerable.Range(port, count).All(IsFree))
                return port;
        }

        return first;
    }

    /// <summary>Fewer than three nodes cannot hold the default quorums: the defaults shrink, what was set stays.</summary>
    private static List<string> SmallQuorum(int nodes, OptionsResult configured)
    {
        var flags = new List<string>();
        var cluster = configured.Options!.Cluster;
        foreach (var (name, value) in new[] { ("Cluster:N", cluster.N), ("Cluster:R", cluster.R), ("Cluster:W", cluster.W) })
        {
            if (value > nodes && IsDefault(configured, name))
                flags.Add($"--{name}={nodes}");
        }

        return flags;
    }

    /// <summary>The nodes of a local cluster share the cores: a loop for each core on each of them would only make them wait for each other.</summary>
    private static string[] SharedCores(int nodes, OptionsResult configured) => IsDefault(configured, "Node:Loops")
        ? [$"--Node:Loops={SocketThreads.LoopsOfEach(nodes)}"]
        : [];

    private static bool IsDefault(OptionsResult configured, string name) =>
        configured.Settings.Any(setting => setting.Name == name && setting.Origin == SettingOrigin.Default);

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As the servers do it: a port that waits for its last connections to fade is free.
            probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            probe.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
