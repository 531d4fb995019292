using Akka.Actor;
using Akka.Cluster;
using AkkaKv.Core.Topology;
using AkkaKv.Host.AkkaNet.Gateway;

namespace AkkaKv.Host.AkkaNet.Hosting;

/// <summary>
/// How a new node in a running Akka cluster comes to the configuration it starts from. That it is taken in is decided there: the
/// member feed of the others stages its join, and an operator commits.
/// </summary>
internal static class JoinAdmission
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<ClusterConfiguration> AskAsync(ActorSystem system, string cluster, Action<NodeEvent> log)
    {
        string said = "";
        while (true)
        {
            (ClusterConfiguration? configuration, string waiting) = await AskOnceAsync(system, cluster);
            if (configuration is not null)
                return configuration;
            if (waiting != said)
                log(new NodeEvent(NodeEventLevel.Information, waiting));
            said = waiting;
            if (await Task.WhenAny(system.WhenTerminated, Task.Delay(Pause)) == system.WhenTerminated)
                throw new OperationCanceledException("The actor system ended while the node waited to join.");
        }
    }

    private static async Task<(ClusterConfiguration? Configuration, string Waiting)> AskOnceAsync(ActorSystem system, string cluster)
    {
        Cluster akka = Cluster.Get(system);
        Address[] others = [.. akka.State.Members.Where(member => member.Status == MemberStatus.Up && member.HasRole(NodeRoles.Any) && member.Address != akka.SelfAddress).Select(member => member.Address)];
        foreach (Address other in others)
        {
            try
            {
                KvTopology told = await system.ActorSelection(new RootActorPath(other) / "user" / AkkaKvGateway.ActorName).Ask<KvTopology>(new KvTopologyAsk(), AskTimeout);
                if (told.Cluster == cluster && ConfigurationCodec.TryDecode(told.Configuration, out ClusterConfiguration? configuration))
                    return (configuration, "");
            }
            catch (AskTimeoutException)
            {
                // The next one may answer.
            }
        }

        return (null, $"The node waits to join AkkaKv's cluster '{cluster}': of the {others.Length} members of the Akka cluster with the role {NodeRoles.Any} none has told its configuration yet.");
    }
}
