using System.Buffers;
using System.Reflection;
using System.Text.Json;
using AkkaKv.Api;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Transfer;
using AkkaKv.Core.Versions;
using AkkaKv.Wire.Codec;
using Xunit.Abstractions;

namespace AkkaKv.Wire.Tests.Codec;

public sealed class WireCodecTests(ITestOutputHelper output)
{
    /// <summary>Messages that never leave their node, each for a reason that its docstring gives.</summary>
    private static readonly HashSet<Type> NodeLocal =
    [
        typeof(StoreRead), typeof(StoreReadDone), typeof(StoreWrite), typeof(StoreWriteDone), typeof(StoreReserveDots), typeof(DotsReserved),
        typeof(StoreRemove), typeof(StoreScan), typeof(StoreScanDone),
        typeof(HintsAsk), typeof(HintsTold), typeof(ReapAsk), typeof(ReapTold), typeof(ReplicaForget), typeof(ReplicaForgetDone),
        typeof(RequestEnded), typeof(WriteHandBack), typeof(RingNewer), typeof(RingConfirmed), typeof(RingAdoptedByAll),
        typeof(ReplicaPut), typeof(ReplicaPutDone),
        typeof(GatewayGet), typeof(GetDone), typeof(CoordinatorTimeout), typeof(GatewayPut), typeof(GatewayDelete),
        typeof(GatewayMembers), typeof(GatewayMembersDone), typeof(GatewayRing), typeof(GatewayRingDone),
        typeof(GatewayPlacement), typeof(GatewayPlacementDone), typeof(GatewayReport), typeof(GatewayReportDone),
        typeof(PeerConnected), typeof(PeerDisconnected), typeof(ReachabilityChanged), typeof(SubscribeReachability),
        typeof(MembershipAsk), typeof(MembershipTold),
        typeof(FactRead), typeof(FactReadDone), typeof(FactWrite), typeof(FactWriteDone), typeof(AgreementDecided), typeof(AgreementUndecided),
        typeof(WorkerGrantAsk), typeof(WorkerGrantTold), typeof(WorkerLeaseAsk), typeof(WorkerLeaseTold),
        typeof(MembersChanged), typeof(EpochEntered), typeof(EpochWorkAsk), typeof(EpochWorkTold), typeof(TopologyCatchUp), typeof(PeersWanted),
        typeof(TopologyAsk), typeof(TopologyTold), typeof(TopologyStage), typeof(TopologyPlanAsk), typeof(TopologyPlanTold), typeof(TopologyCommit),
        typeof(TopologyAbort), typeof(TopologyAnswer), typeof(RingConfirmed), typeof(RingAdoptedByAll),
        typeof(RingSubscribe), typeof(RingTopologyAdopted), typeof(RingChanged),
        typeof(CompareStart), typeof(CompareTold), typeof(ReplicaClearBegin), typeof(ReplicaClearBegun), typeof(ReplicaClearEnd), typeof(ReapingAllowed),
        typeof(ClearStep), typeof(ClearStepDone),
        typeof(ForegroundLatency), typeof(RepairStart), typeof(RepairAsk), typeof(RepairTold), typeof(AntiEntropyAsk), typeof(AntiEntropyTold),
    ];

    [Fact]
    public void Every_message_of_the_protocol_travels_or_is_named_as_local()
    {
        var generator = new MessageGenerator(1);
        HashSet<Type> generated = [.. Enumerable.Range(0, MessageGenerator.KindCount).Select(kind => generator.OfKind(kind).GetType())];

        // Messages that are private to an actor are its timers: they can't be named elsewhere, nor sent.
        IEnumerable<Type> kinds = typeof(Message).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Message)) && !type.IsAbstract && type.IsVisible);
        foreach (Type kind in kinds)
        {
            (generated.Contains(kind) ^ NodeLocal.Contains(kind)).ShouldBeTrue($"{kind.Name}: encode it in WireCodec and generate it here, or list it as local");
            WireCodec.CrossesNodes(kind).ShouldBe(generated.Contains(kind), kind.Name);
        }
    }

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var generator = new MessageGenerator(seed);
        for (int i = 0; i < 3_000; i++)
        {
            Message message = generator.Next();
            ulong number = generator.Random.NextUInt64();

            WireCodec.Instance.TryDecode(MessageGenerator.Sender, Encode(message, ActorRole.Request, number), out Received received).ShouldBeTrue();

            received.Role.ShouldBe(ActorRole.Request);
            received.Number.ShouldBe(number);
            TextOf(received.Message).ShouldBe(TextOf(message));
        }
    }

    [Fact]
    public void Truncated_at_any_byte_a_message_is_a_format_error_or_another_message()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var generator = new MessageGenerator(seed);
        for (int kind = 0; kind < MessageGenerator.KindCount * 5; kind++)
        {
            byte[] whole = Encode(generator.OfKind(kind % MessageGenerator.KindCount), ActorRole.Request, 1);
            for (int length = 0; length < whole.Length; length++)
                DecodeHostile(whole.AsSpan(0, length));
        }
    }

    [Fact]
    public void Flipped_bytes_and_noise_never_throw_anything_else()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var generator = new MessageGenerator(seed);
        int errors = 0;
        for (int i = 0; i < 30_000; i++)
        {
            byte[] bytes = i % 10 == 0 ? generator.Bytes(60) : Encode(generator.Next(), ActorRole.Request, 1);
            for (int flips = 1 + generator.Random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                // Mostly at the front, where the structure is.
                int at = generator.Random.Next(Math.Min(bytes.Length, generator.Random.Next(2) == 0 ? 40 : int.MaxValue));
                bytes[at] ^= (byte)(1 + generator.Random.Next(255));
            }

            errors += DecodeHostile(bytes) ? 0 : 1;
        }

        errors.ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public void A_kind_that_is_not_known_is_ignored()
    {
        // Field 500, a message of two bytes.
        byte[] body = [0xA2, 0x1F, 0x02, 0x08, 0x01];

        WireCodec.Instance.TryDecode(MessageGenerator.Sender, body, out _).ShouldBeFalse();
    }

    [Fact]
    public void An_error_code_of_a_newer_release_keeps_the_rest_of_the_reply()
    {
        var envelope = new V1.Envelope { Role = 7, PutDone = new V1.PutDone { Error = new V1.Error { Code = "not-invented-yet", Detail = "why", Retryable = true } } };

        WireCodec.Instance.TryDecode(MessageGenerator.Sender, Google.Protobuf.MessageExtensions.ToByteArray(envelope), out Received received).ShouldBeTrue();

        KvError? error = ((PutDone)received.Message).Reply.Error;
        error.ShouldBe(new KvError(KvErrorCode.NotReady, "why", Retryable: true));
    }

    [Fact]
    public void An_outcome_of_a_newer_release_is_one_that_was_not_done()
    {
        var envelope = new V1.Envelope { Role = 3, ReplicaMergeDone = new V1.ReplicaMergeDone { Ticket = 5, Outcome = 200 } };
        WireCodec.Instance.TryDecode(MessageGenerator.Sender, Google.Protobuf.MessageExtensions.ToByteArray(envelope), out Received received).ShouldBeTrue();
        received.Message.ShouldBe(new ReplicaMergeDone(5, ReplicaOutcome.StoreFailed));
    }

    [Fact]
    public void A_local_message_is_not_encoded() =>
        Should.Throw<InvariantException>(() => Encode(new PeerConnected(MessageGenerator.Sender), ActorRole.Membership, 0)).Message.ShouldContain("PeerConnected");

    [Fact]
    public void Only_large_objects_travel_apart()
    {
        var reply = new Address(MessageGenerator.Sender, ActorRole.Request, 1);
        StoreKey key = StoreKey.Of("b", [1]);
        WireCodec.Instance.ClassOf(new ReplicaRead(key, 1, reply)).ShouldBe(MessageClass.Data);
        WireCodec.Instance.ClassOf(new ReplicaMerge(key, new byte[WireCodec.BulkObjectBytes], 1, reply)).ShouldBe(MessageClass.Data);
        WireCodec.Instance.ClassOf(new ReplicaMerge(key, new byte[WireCodec.BulkObjectBytes + 1], 1, reply)).ShouldBe(MessageClass.Bulk);
        WireCodec.Instance.ClassOf(new HintRead(key, 1, reply)).ShouldBe(MessageClass.Data);
        WireCodec.Instance.ClassOf(new HintStore(new NodeId("node-2"), key, new byte[WireCodec.BulkObjectBytes], 1, reply)).ShouldBe(MessageClass.Data);
        WireCodec.Instance.ClassOf(new HintStore(new NodeId("node-2"), key, new byte[WireCodec.BulkObjectBytes + 1], 1, reply)).ShouldBe(MessageClass.Bulk);
        WireCodec.Instance.ClassOf(new PeerConnected(MessageGenerator.Sender)).ShouldBe(MessageClass.Control);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_field_out_of_its_bounds_is_a_format_error(string rule, byte[] body) =>
        Should.Throw<WireFormatException>(() => WireCodec.Instance.TryDecode(MessageGenerator.Sender, body, out _)).Message.ShouldContain(rule);

    public static TheoryData<string, byte[]> Malformed()
    {
        var key = Google.Protobuf.ByteString.CopyFrom([1, (byte)'b', 1]);
        var reply = new V1.Address { Role = 3, Number = 1 };
        var ballot = new V1.Ballot { Round = 1 };
        var data = new TheoryData<string, byte[]>();
        Add("a request carries the address", new V1.Envelope { Role = 2, ReplicaRead = new V1.ReplicaRead { Key = key } });
        Add("a role is 1 to 255", new V1.Envelope { Role = 2, ReplicaRead = new V1.ReplicaRead { Key = key, ReplyTo = new V1.Address { Role = 300 } } });
        Add("a role is 1 to 255", new V1.Envelope { Role = 0, ReplicaMergeDone = new V1.ReplicaMergeDone() });
        Add("a key has a bucket", new V1.Envelope { Role = 2, ReplicaRead = new V1.ReplicaRead { ReplyTo = reply } });
        Add("a node's name", new V1.Envelope { Role = 2, ReplicaRead = new V1.ReplicaRead { Key = key, ReplyTo = new V1.Address { Role = 3, Node = new string('x', 256) } } });
        Add("the epoch of a ring", new V1.Envelope { Role = 2, ReplicaRead = new V1.ReplicaRead { Key = key, ReplyTo = reply, Epoch = -1 } });
        Add("the epoch of a ring", new V1.Envelope { Role = 2, ReplicaMerge = new V1.ReplicaMerge { Key = key, ReplyTo = reply, Epoch = -1 } });
        Add("the epoch of a ring", Forwarded(put => put.Epoch = -1));
        Add("the epoch of a ring", new V1.Envelope { Role = 3, PutDone = new V1.PutDone { NewerEpoch = -1 } });
        Add("a counter starts at 1", Forwarded(put => put.Context.Add(new V1.Dot { Actor = 1 })));
        Add("strictly increase", Forwarded(put => put.Context.Add([new V1.Dot { Actor = 2, Counter = 1 }, new V1.Dot { Actor = 2, Counter = 1 }])));
        Add("at most 1024 actors", Forwarded(put => put.Context.Add(Enumerable.Range(1, 1025).Select(i => new V1.Dot { Actor = (ulong)i, Counter = 1 }))));
        Add("a write brings content", Forwarded(put => put.Content = null));
        Add("a content type", Forwarded(put => put.Content.ContentType = new string('x', 256)));
        Add("a hint names its target", new V1.Envelope { Role = 8, HintStore = new V1.HintStore { Key = key, ReplyTo = reply } });
        Add("a node's name", new V1.Envelope { Role = 8, HintStore = new V1.HintStore { Target = new string('x', 256), Key = key, ReplyTo = reply } });
        Add("a key has a bucket", new V1.Envelope { Role = 8, HintStore = new V1.HintStore { Target = "node-1", ReplyTo = reply } });
        Add("a request carries the address", new V1.Envelope { Role = 8, HintStore = new V1.HintStore { Target = "node-1", Key = key } });
        Add("a key has a bucket", new V1.Envelope { Role = 8, HintRead = new V1.HintRead { ReplyTo = reply } });
        Add("a request carries the address", new V1.Envelope { Role = 8, HintRead = new V1.HintRead { Key = key } });
        Add("N is 1 to 15", Forwarded(put => put.N = 16));
        Add("W is 1 to 15", Forwarded(put => put.W = 0));
        Add("milliseconds left", Forwarded(put => put.TimeLeftMillis = 60_001));
        Add("32 to 32768 leaves", new V1.Envelope { Role = 2, TreeNodesAsk = new V1.TreeNodesAsk { Leaves = 31, Groups = { 0 }, ReplyTo = reply } });
        Add("at most 64 groups", new V1.Envelope { Role = 2, TreeNodesAsk = new V1.TreeNodesAsk { Leaves = 32, Groups = { new uint[65] }, ReplyTo = reply } });
        Add("at most 64 groups", new V1.Envelope { Role = 2, TreeNodesAsk = new V1.TreeNodesAsk { Leaves = 32, ReplyTo = reply } });
        Add("a place in a tree", new V1.Envelope { Role = 2, TreeNodesAsk = new V1.TreeNodesAsk { Leaves = 32, Groups = { 32_768 }, ReplyTo = reply } });
        Add("at most 2048 nodes", new V1.Envelope { Role = 9, TreeNodesTold = new V1.TreeNodesTold { Hashes = { new ulong[2049] } } });
        Add("a tree's state", new V1.Envelope { Role = 9, TreeNodesTold = new V1.TreeNodesTold { State = 5 } });
        Add("at most 1024 leaves", new V1.Envelope { Role = 2, TreeKeysAsk = new V1.TreeKeysAsk { Leaves = 32, Of = { new uint[1025] }, ReplyTo = reply } });
        Add("a cursor is not negative", new V1.Envelope { Role = 2, TreeKeysAsk = new V1.TreeKeysAsk { Leaves = 32, Of = { 0 }, Cursor = ulong.MaxValue, ReplyTo = reply } });
        Add("every key is told with its version", new V1.Envelope { Role = 9, TreeKeysTold = new V1.TreeKeysTold { Keys = { key } } });
        Add("a request carries the address", new V1.Envelope { Role = 2, TreeKeysEnd = new V1.TreeKeysEnd() });
        Add("a cursor is not negative", new V1.Envelope { Role = 14, TransferPull = new V1.TransferPull { Cursor = ulong.MaxValue, BytesMax = 1, ReplyTo = reply } });
        Add("a partition is less than 65536", new V1.Envelope { Role = 14, TransferPull = new V1.TransferPull { Partition = 65_536, BytesMax = 1, ReplyTo = reply } });
        Add("a batch has 1 byte to 8 MiB", new V1.Envelope { Role = 14, TransferPull = new V1.TransferPull { ReplyTo = reply } });
        Add("a batch has 1 byte to 8 MiB", new V1.Envelope { Role = 14, TransferPull = new V1.TransferPull { BytesMax = (8 << 20) + 1, ReplyTo = reply } });
        Add("a request carries the address", new V1.Envelope { Role = 14, TransferPull = new V1.TransferPull { BytesMax = 1 } });
        Add("a transfer's outcome", new V1.Envelope { Role = 13, TransferBatch = new V1.TransferBatch { Outcome = 3 } });
        Add("a cursor is not negative", new V1.Envelope { Role = 13, TransferBatch = new V1.TransferBatch { NextCursor = ulong.MaxValue } });
        Add("every key of a batch brings its object", new V1.Envelope { Role = 13, TransferBatch = new V1.TransferBatch { Keys = { key } } });
        Add("at most 1024 objects", new V1.Envelope { Role = 13, TransferBatch = new V1.TransferBatch { Keys = { Enumerable.Repeat(key, 1025) } } });
        Add("at most 1024 damaged keys", new V1.Envelope { Role = 13, TransferBatch = new V1.TransferBatch { Damaged = { Enumerable.Repeat(key, 1025) } } });
        Add("what is left out", new V1.Envelope { Role = 13, TransferBatch = new V1.TransferBatch { LeftOut = uint.MaxValue } });
        Add("the entries of gossip are whole", new V1.Envelope { Role = 5, GossipDigest = new V1.GossipDigest { Entries = Google.Protobuf.ByteString.CopyFrom([1, 2, 3, 4, 5]) } });
        Add("the entries of gossip have at most", new V1.Envelope { Role = 5, GossipDelta = new V1.GossipDelta { Entries = Google.Protobuf.ByteString.CopyFrom(new byte[65_537]) } });
        Add("a decision is named", new V1.Envelope { Role = 11, AgreementPrepare = new V1.AgreementPrepare { Decision = "two words", Ballot = ballot, ReplyTo = reply } });
        Add("a decision is named", new V1.Envelope { Role = 11, AgreementPrepare = new V1.AgreementPrepare { Decision = new string('x', 101), Ballot = ballot, ReplyTo = reply } });
        Add("a request carries the address", new V1.Envelope { Role = 11, AgreementPrepare = new V1.AgreementPrepare { Decision = "d", Ballot = ballot } });
        Add("an attempt has a ballot", new V1.Envelope { Role = 11, AgreementPrepare = new V1.AgreementPrepare { Decision = "d", ReplyTo = reply } });
        Add("a ballot's round", new V1.Envelope { Role = 11, AgreementPrepare = new V1.AgreementPrepare { Decision = "d", Ballot = new V1.Ballot(), ReplyTo = reply } });
        Add("a ballot's round", new V1.Envelope { Role = 3, AgreementAccepted = new V1.AgreementAccepted { Decision = "d", Ballot = ballot, Promised = new V1.Ballot { Round = (1UL << 60) + 1 } } });
        Add("a node's name", new V1.Envelope { Role = 3, AgreementAccepted = new V1.AgreementAccepted { Decision = "d", Ballot = new V1.Ballot { Round = 1, Proposer = new string('x', 256) } } });
        Add("a value to decide", new V1.Envelope { Role = 11, AgreementAccept = new V1.AgreementAccept { Decision = "d", Ballot = ballot, Value = Google.Protobuf.ByteString.CopyFrom(new byte[(512 * 1024) + 1]), ReplyTo = reply } });
        Add("a value to decide", new V1.Envelope { Role = 3, AgreementPromised = new V1.AgreementPromised { Decision = "d", Ballot = ballot, AcceptedValue = Google.Protobuf.ByteString.CopyFrom(new byte[(512 * 1024) + 1]) } });
        Add("a configuration is sound", new V1.Envelope { Role = 12, TopologyNews = new V1.TopologyNews { Configuration = Google.Protobuf.ByteString.CopyFrom([1, 2, 3]) } });
        Add("a configuration is sound", new V1.Envelope { Role = 12, TopologyNews = new V1.TopologyNews { Configuration = Google.Protobuf.ByteString.CopyFrom(new byte[600_000]) } });
        Add("a request carries the address", new V1.Envelope { Role = 12, TopologyPoll = new V1.TopologyPoll { Epoch = 1 } });
        Add("an epoch or a count", new V1.Envelope { Role = 12, TopologyDigest = new V1.TopologyDigest { Epoch = ulong.MaxValue, ReplyTo = reply } });
        Add("a status tells the work", new V1.Envelope { Role = 12, TopologyStatus = new V1.TopologyStatus { Epoch = 1 } });
        Add("at most 65536 partitions", new V1.Envelope { Role = 12, TopologyStatus = new V1.TopologyStatus { Work = new V1.EpochWork { PartitionsDone = 65_537 } } });
        Add("a context token", new V1.Envelope { Role = 7, PutDone = new V1.PutDone { Context = Google.Protobuf.ByteString.CopyFrom(new byte[CausalContext.TokenBytesMax + 1]) } });
        Add("a request carries the address", new V1.Envelope { Role = 16, IdsAsk = new V1.IdsAsk { Count = 1 } });
        Add("an id is not negative", Told(new V1.IdRange { First = -1, Count = 1, Step = 1 }));
        Add("a range has 1 to 10000 ids", Told(new V1.IdRange { Count = 10_001, Step = 1 }));
        Add("a range has 1 to 10000 ids", Told(new V1.IdRange { Step = 1 }));
        Add("the ids of a range increase", Told(new V1.IdRange { Count = 1 }));
        Add("an id has 63 bits", Told(new V1.IdRange { First = long.MaxValue, Count = 2, Step = 1 }));
        Add("an id has 63 bits", Told(new V1.IdRange { First = 1, Count = 10_000, Step = long.MaxValue }));
        Add("at most 10000 ids", Told(new V1.IdRange { Count = 5_001, Step = 1 }, new V1.IdRange { Count = 5_000, Step = 1 }));
        Add("at most 10000 ranges", new V1.Envelope { Role = 16, IdsTold = new V1.IdsTold { Ranges = { Enumerable.Repeat(new V1.IdRange(), 10_001) } } });
        Add("a refusal has at most", new V1.Envelope { Role = 16, IdsTold = new V1.IdsTold { Refusal = new V1.IdRefusal { Detail = new string('x', 1_001) } } });
        return data;

        static V1.Envelope Told(params V1.IdRange[] ranges) => new() { Role = 16, IdsTold = new V1.IdsTold { Ranges = { ranges } } };

        void Add(string rule, V1.Envelope envelope) => data.Add(rule, Google.Protobuf.MessageExtensions.ToByteArray(envelope));

        V1.Envelope Forwarded(Action<V1.GatewayForwardedPut> spoil)
        {
            var put = new V1.GatewayForwardedPut { Key = key, Content = new V1.Content(), N = 3, R = 2, W = 2, TimeLeftMillis = 100, ReplyTo = reply };
            spoil(put);
            return new V1.Envelope { Role = 4, GatewayForwardedPut = put };
        }
    }

    [Fact]
    public void Nobody_votes_or_proposes_in_the_name_of_another()
    {
        var other = new V1.Ballot { Round = 1, Proposer = "node-9" };
        var reply = new V1.Address { Role = 3, Number = 1 };
        var prepare = (AgreementPrepare)Decoded(new V1.Envelope { Role = 11, AgreementPrepare = new V1.AgreementPrepare { Decision = "d", Ballot = other, ReplyTo = reply } });
        var accept = (AgreementAccept)Decoded(new V1.Envelope { Role = 11, AgreementAccept = new V1.AgreementAccept { Decision = "d", Ballot = other, ReplyTo = reply } });
        var accepted = (AgreementAccepted)Decoded(new V1.Envelope { Role = 3, AgreementAccepted = new V1.AgreementAccepted { Decision = "d", Ballot = other, Outcome = 99 } });

        prepare.Ballot.Proposer.ShouldBe(MessageGenerator.Sender);
        accept.Ballot.Proposer.ShouldBe(MessageGenerator.Sender);
        accepted.From.ShouldBe(MessageGenerator.Sender);
        accepted.Ballot.Proposer.ShouldBe(new NodeId("node-9"));
        accepted.Outcome.ShouldBe(VoteOutcome.Unable, "a newer release's reason is no vote");
        Should.Throw<InvariantException>(() => Encode(accepted with { From = new NodeId("node-9") }, ActorRole.Request, 1));
        Should.Throw<InvariantException>(() => Encode(prepare with { Ballot = accepted.Ballot }, ActorRole.Agreement, 0));

        static Message Decoded(V1.Envelope envelope)
        {
            WireCodec.Instance.TryDecode(MessageGenerator.Sender, Google.Protobuf.MessageExtensions.ToByteArray(envelope), out Received received).ShouldBeTrue();
            return received.Message;
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1_000)]
    public void Gossip_fits_the_bytes_it_was_given(int members)
    {
        int bytesMax = new MembershipOptions().GossipBytesMax;
        NodeId[] nodes = [.. Enumerable.Range(1, members).Select(i => new NodeId($"node-{i}"))];
        var table = new GossipTable(nodes, nodes[0], bytesMax);
        var random = new RandomSource(7);
        foreach (NodeId node in nodes)
            table.Merge(new GossipEntry(GossipEntry.HashOf(node), 1 + (random.NextUInt64() >> (32 + random.Next(32))), 1 + (random.NextUInt64() >> (16 + random.Next(48)))));
        GossipEntry[] entries = table.Digest();
        byte[] body = Encode(new GossipDelta(MessageGenerator.Sender, long.MaxValue >> 8, 1L << 42, entries), ActorRole.Membership, 0);
        body.Length.ShouldBeLessThanOrEqualTo(bytesMax);
        if (members == 1_000)
            body.Length.ShouldBeGreaterThan(bytesMax - 40);
        else
            entries.Length.ShouldBe(members);
    }

    private static byte[] Encode(Message message, ActorRole role, ulong number)
    {
        var writer = new ArrayBufferWriter<byte>();
        WireCodec.Instance.Encode(MessageGenerator.Sender, role, number, message, writer);
        return writer.WrittenSpan.ToArray();
    }

    // False when it was a format error; anything else that is thrown fails the test.
    private static bool DecodeHostile(ReadOnlySpan<byte> body)
    {
        try
        {
            WireCodec.Instance.TryDecode(MessageGenerator.Sender, body, out _);
            return true;
        }
        catch (WireFormatException)
        {
            return false;
        }
    }

    // Records with bytes inside compare by reference: so their content is put into words, kind included.
    private static string TextOf(object? part) => part switch
    {
        null => "null",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        StoreKey key => Convert.ToHexString(key.Bytes.Span),
        CausalContext or VersionVector or Address or Enum or bool or IFormattable => JsonSerializer.Serialize(part.ToString()),
        string text => JsonSerializer.Serialize(text),
        System.Collections.IEnumerable items => "[" + string.Join(", ", items.Cast<object>().Select(TextOf)) + "]",
        _ => part.GetType().Name + "(" + string.Join(", ", PropertiesOf(part).Select(TextOf)) + ")",
    };

    private static IEnumerable<object?> PropertiesOf(object part) => part.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.GetIndexParameters().Length == 0)
        .Select(property => property.GetValue(part));
}
