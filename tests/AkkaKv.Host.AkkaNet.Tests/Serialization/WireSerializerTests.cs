using System.Runtime.Serialization;
using Akka.Actor;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Host.AkkaNet.Peers;
using AkkaKv.Host.AkkaNet.Serialization;
using AkkaKv.Host.AkkaNet.Tests.Support;
using AkkaKv.Wire.Codec;
using AkkaKv.Wire.Handshake;
using Address = AkkaKv.Core.Kernel.Address;

namespace AkkaKv.Host.AkkaNet.Tests.Serialization;

public sealed class WireSerializerTests : IAsyncLifetime
{
    private static readonly Hello Greeting = new(1, 2, "test", "node-1", "node-2", 64, MessageClass.Control, 0xABCD);

    private TestSystem _test = null!;

    private WireSerializer Serializer => new((ExtendedActorSystem)_test.System);

    public Task InitializeAsync()
    {
        _test = TestSystem.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _test.DisposeAsync();

    [Fact]
    public void The_settings_bind_what_goes_between_nodes_to_it()
    {
        foreach (Type type in new[] { typeof(PeerBatch), typeof(PeerHello), typeof(PeerHelloAnswer) })
            _test.System.Serialization.FindSerializerForType(type).ShouldBeOfType<WireSerializer>();
        Serializer.Identifier.ShouldBe(9_211);
    }

    [Fact]
    public void A_batch_comes_back_in_its_order_with_addresses_at_its_sender()
    {
        var from = new NodeId("node-1");
        var key = StoreKey.Of("bucket", "name"u8);
        var replyTo = new Address(from, ActorRole.Request, 7);
        var read = new Received(ActorRole.Replica, 17, new ReplicaRead(key, 3, replyTo, 1));
        var done = new Received(ActorRole.Request, ulong.MaxValue, new ReplicaMergeDone(9, ReplicaOutcome.Done));

        var back = (PeerBatch)RoundTrip(new PeerBatch(from, 42, [read, done]));

        back.From.ShouldBe(from);
        back.Incarnation.ShouldBe(42UL);
        back.UnknownKinds.ShouldBe(0);
        back.Messages.ShouldBe([read, done]);
    }

    [Fact]
    public void Greetings_and_their_answers_come_back()
    {
        RoundTrip(new PeerHello(Greeting, 1)).ShouldBe(new PeerHello(Greeting, 1));
        var refused = new PeerHelloAnswer(new HelloAnswer(Greeting, "Correct the name."), 2);
        RoundTrip(refused).ShouldBe(refused);
        var welcome = new PeerHelloAnswer(new HelloAnswer(Greeting, null), 3);
        RoundTrip(welcome).ShouldBe(welcome);
    }

    [Fact]
    public void A_kind_of_a_newer_version_is_passed_over_and_counted()
    {
        var batch = new PeerBatch(new NodeId("n"), 1, [new Received(ActorRole.Request, 1, new ReplicaMergeDone(9, ReplicaOutcome.Done))]);
        byte[] bytes = Serializer.ToBinary(batch);

        // An envelope with a role and a number, and of its body a field that nobody knows yet.
        byte[] unknown = [0x08, 0x03, 0x10, 0x01, 0xFA, 0x3E, 0x00];
        byte[] both = [.. bytes, (byte)unknown.Length, 0, 0, 0, .. unknown];
        var back = (PeerBatch)Serializer.FromBinary(both, "b1");

        back.Messages.Count.ShouldBe(1);
        back.UnknownKinds.ShouldBe(1);
    }

    [Fact]
    public void Whatever_is_malformed_is_refused_without_breaking_the_connection()
    {
        byte[] good = Serializer.ToBinary(new PeerBatch(new NodeId("node-1"), 1, [new Received(ActorRole.Request, 1, new ReplicaMergeDone(9, ReplicaOutcome.Done))]));
        int seed = Environment.TickCount;
        var random = new RandomSource((ulong)seed);
        for (int cut = 0; cut < good.Length; cut++)
            FromBinaryOrRefused(good[..cut], "b1", seed);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] bent = (byte[])good.Clone();
            bent[random.Next(bent.Length)] ^= (byte)(1 << random.Next(8));
            FromBinaryOrRefused(bent, "b1", seed);
            FromBinaryOrRefused(bent, "h1", seed);
            FromBinaryOrRefused(bent, "a1", seed);
        }

        Should.Throw<SerializationException>(() => Serializer.FromBinary(good, "b9")).Message.ShouldContain("Upgrade");
        Should.Throw<SerializationException>(() => Serializer.FromBinary([1, 2, 3], "b1"));
    }

    private void FromBinaryOrRefused(byte[] bytes, string manifest, int seed)
    {
        try
        {
            Serializer.FromBinary(bytes, manifest).ShouldBeAssignableTo<IPeerMessage>();
        }
        catch (SerializationException)
        {
            // Akka drops the one message.
        }
        catch (Exception other)
        {
            throw new ShouldAssertException($"seed {seed}, {manifest}: {Convert.ToHexString(bytes)}", other);
        }
    }

    private object RoundTrip(object message) => Serializer.FromBinary(Serializer.ToBinary(message), Serializer.Manifest(message));
}
