using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Native.Node;
using AkkaKv.Storage;

namespace AkkaKv.Host.Native.Tests.Node;

/// <summary>A whole node named "a" with a store in memory.</summary>
internal static class OpenNode
{
    public static NativeNode Of(int loops, params PeerEndpoint[] peers)
    {
        var self = new NodeId("a");
        var gateway = new GatewayOptions
        {
            ContextSecret = "s"u8.ToArray(),
            Places = [],
            Quorum = new QuorumDefaults(1, 1, 1),
            Gateways = loops,
        };
        RingMember[] members = [new RingMember(self), .. peers.Select(peer => new RingMember(peer.Node))];
        var plan = new NativeNodePlan(
            new NodeOptions(self, new RingTopology(1, 64, 1, members), gateway, new ReplicaOptions()),
            new NativeNodeOptions { Self = self, Cluster = "test", RingPartitions = 64, Loops = loops, Peers = peers },
            new StoreOptions { Node = "a", Cluster = "test", Time = TimeProvider.System, DrawId = () => 7 },
            DataDirectory: null,
            SiblingsWarn: 25,
            _ => { });
        NativeNode node = NativeNode.Open(plan, TimeProvider.System);
        node.Start();
        return node;
    }

    /// <summary>Ends when the node's actors have told each other what they know at the start, or have stopped.</summary>
    public static async Task WaitReadyAsync(NativeNode node)
    {
        while (!node.Stopped.IsCompleted && !(await node.HealthAsync(default)).Ready)
            await Task.Yield();
    }
}
