using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Native.Node;
using AkkaKv.Storage;

namespace AkkaKv.Host.Native.Tests.Node;

public sealed class NativeNodeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_bucket_that_is_not_ASCII_is_an_answer_and_not_a_crash(int loops)
    {
        await using NativeNode node = Open(loops);
        var key = EntryKey.FromText("größe", "k");

        (await node.GetAsync(key, RequestOptions.Default, default)).Error!.Code.ShouldBe(KvErrorCode.InvalidBucket);
        (await node.DeleteAsync(key, null, RequestOptions.Default, default)).Error!.Code.ShouldBe(KvErrorCode.InvalidBucket);
    }

    private static NativeNode Open(int loops)
    {
        var self = new NodeId("a");
        var gateway = new GatewayOptions
        {
            ContextSecret = "s"u8.ToArray(),
            Places = [],
            Quorum = new QuorumDefaults(1, 1, 1),
            Gateways = loops,
        };
        var plan = new NativeNodePlan(
            new NodeOptions(self, new RingTopology(1, 64, 1, [new RingMember(self)]), gateway, new ReplicaOptions()),
            new NativeNodeOptions { Self = self, Cluster = "test", RingPartitions = 64, Loops = loops },
            new StoreOptions { Node = "a", Cluster = "test", Time = TimeProvider.System, DrawId = () => 7 },
            DataDirectory: null,
            SiblingsWarn: 25,
            _ => { });
        NativeNode node = NativeNode.Open(plan, TimeProvider.System);
        node.Start();
        return node;
    }
}
