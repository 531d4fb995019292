using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.DistributedData;

namespace AkkaKv.AkkaNet.Benchmarks;

/// <summary>Akka.DistributedData: a register for each key, WriteMajority and ReadMajority.</summary>
internal sealed class DistributedDataContender : IContender
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly WriteMajority Write = new(Timeout);
    private static readonly ReadMajority Read = new(Timeout);

    private readonly ActorSystem[] _systems = [.. Enumerable.Range(0, 3).Select(_ => Systems.Start(Config.Empty))];

    public string Name => "Akka.DistributedData";

    public async Task StartAsync()
    {
        await Systems.JoinAsync(_systems);
        foreach (ActorSystem system in _systems)
        {
            IActorRef replicator = DistributedData.Get(system).Replicator;
            while (await replicator.Ask<ReplicaCount>(Dsl.GetReplicaCount, Timeout) is not { N: 3 })
                await Task.Delay(100);
        }
    }

    public async Task WriteAsync(int node, int key, byte[] value)
    {
        DistributedData data = DistributedData.Get(_systems[node]);
        UniqueAddress self = Cluster.Get(_systems[node]).SelfUniqueAddress;
        IUpdateResponse reply = await data.Replicator.Ask<IUpdateResponse>(Dsl.Update(
            KeyOf(key),
            new LWWRegister<byte[]>(self, value),
            Write,
            register => register.WithValue(self, value)));
        reply.ThrowOnFailure();
    }

    public async Task ReadAsync(int node, int key)
    {
        IGetResponse reply = await DistributedData.Get(_systems[node]).Replicator.Ask<IGetResponse>(Dsl.Get(KeyOf(key), Read));
        reply.Get(KeyOf(key));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ActorSystem system in _systems)
            await system.Terminate();
    }

    private static LWWRegisterKey<byte[]> KeyOf(int key) => new("key-" + key.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
