using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Host.Settings;
using AkkaKv.Host.Stores;
using AkkaKv.Server.Http;
using AkkaKv.Wire.Handshake;

namespace AkkaKv.Server.Launch;

/// <summary>
/// Decides what a node is, between the opening of its store and its start: one of a configured list, the founder of a
/// cluster, one that asks to join, or one that goes on where it was. What lies in the data directory wins.
/// </summary>
internal sealed class Admission(NodeSettings options, NodeStore store, JoinClient cluster, TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan AskPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SayPause = TimeSpan.FromSeconds(10);

    private LocalNodeOptions Node => options.Node;

    private bool Joins => Node.Join.Count > 0;

    /// <summary>What keeps the node from starting; empty when nothing does.</summary>
    public string Waiting { get; private set; } = "";

    /// <summary>The configuration to start from, null for the list of members; and whether the node asks to be taken in.</summary>
    /// <exception cref="NodeStartException">The directory, or the settings, do not fit.</exception>
    public async Task<(ClusterConfiguration? Configuration, bool IsJoining)> DecideAsync(CancellationToken cancellation)
    {
        if (store.Configuration is { } stored)
            return await GoOnAsync(stored, cancellation);
        if ((Node.Bootstrap || Joins) && store.HoldsData)
        {
            throw new NodeStartException(
                ExitCodes.ClusterRefused,
                $"A node that {(Joins ? "joins a cluster" : "founds a cluster")} must have an empty data directory; {store.Identity.Directory} holds data of cluster '{store.Identity.Cluster}'. Choose another one with --data, or start the node with the settings that it had.");
        }

        if (Joins)
            return (await JoinAsync(cancellation), true);
        ClusterOptions configured = options.Cluster;
        if (!Node.Bootstrap && configured.Members.Count < configured.N)
            throw new NodeStartException(ExitCodes.BadConfiguration, OptionsChecks.TooFewMembers(configured) + " Or found a cluster that grows with --bootstrap.");
        return (null, false);
    }

    private async Task<(ClusterConfiguration?, bool)> GoOnAsync(ClusterConfiguration stored, CancellationToken cancellation)
    {
        if (Node.Bootstrap)
        {
            throw new NodeStartException(
                ExitCodes.ClusterRefused,
                $"--bootstrap founds a new cluster in an empty directory; {store.Identity.Directory} holds epoch {stored.Epoch} of cluster {stored.ClusterId:x16} already. Leave --bootstrap out to start the node, or choose another directory with --data.");
        }

        if (!Joins)
        {
            SayWhatDiffers(stored);
            return (stored, false);
        }

        await RequireSameClusterAsync(stored, cancellation);
        bool belongs = stored.Everyone.Any(member => member.Node.Name == Node.Name);
        return belongs ? (stored, false) : (await JoinAsync(cancellation), true);
    }

    private async Task RequireSameClusterAsync(ClusterConfiguration stored, CancellationToken cancellation)
    {
        string own = stored.ClusterId.ToString("x16");
        foreach (Uri node in Node.Join)
        {
            string? other = await cluster.ClusterIdOfAsync(node, cancellation);
            if (string.IsNullOrEmpty(other))
                continue;
            if (other == own || stored.ClusterId == 0)
                return;
            throw new NodeStartException(
                ExitCodes.ClusterRefused,
                $"{store.Identity.Directory} must be empty or of the cluster that {node} belongs to ({other}); it holds data of cluster {own}. Choose another directory with --data, or correct --join.");
        }
    }

    private async Task<ClusterConfiguration> JoinAsync(CancellationToken cancellation)
    {
        JoinOrder order = OrderOf(options, store);
        long? saidAt = null;
        string said = "";
        while (true)
        {
            var tried = new List<string>();
            foreach (Uri node in Node.Join)
            {
                JoinAnswer answer = await cluster.AskAsync(node, order, cancellation);
                if (answer.Configuration is { } configuration)
                {
                    say($"{node} told the configuration of cluster {configuration.ClusterId:x16}, epoch {configuration.Epoch}: {answer.Detail}");
                    Waiting = "";
                    return configuration;
                }

                tried.Add($"{node} {answer.Detail}");
            }

            Waiting = $"The node waits to join cluster '{options.Cluster.Name}'; it has tried {string.Join("; ", tried)}";
            if (Waiting != said || saidAt is not { } moment || clock.GetElapsedTime(moment) >= SayPause)
            {
                say(Waiting);
                (said, saidAt) = (Waiting, clock.GetTimestamp());
            }

            await Task.Delay(AskPause, clock, cancellation);
        }
    }

    private static JoinOrder OrderOf(NodeSettings options, NodeStore store)
    {
        MemberOptions self = options.Self!;
        return new JoinOrder
        {
            Cluster = options.Cluster.Name,
            Member = new Api.ClusterMember(self.Name, self.Endpoint, self.Http ?? "", self.Weight, self.Zone, store.Identity.VoterId.ToString("x16")),
            ProtocolMin = Hello.ProtocolVersionMin,
            ProtocolMax = Hello.ProtocolVersion,
            SecretFingerprint = ClusterFacts.FingerprintOf(SettingsPlan.SecretOf(options.Cluster)),
        };
    }

    // Once, and by names and places: a list that an operator has not kept up does no harm, but should not surprise.
    private void SayWhatDiffers(ClusterConfiguration stored)
    {
        var listed = options.Cluster.Members.Select(member => $"{member.Name} at {member.Endpoint}").Order(StringComparer.Ordinal).ToArray();
        var known = stored.Everyone.Select(member => $"{member.Node} at {member.Endpoint}").Order(StringComparer.Ordinal).ToArray();
        if (!listed.SequenceEqual(known))
            say($"The cluster's configuration in the data directory counts, epoch {stored.Epoch}: {string.Join(", ", known)}. The settings list {string.Join(", ", listed)}.");
    }
}
