using AkkaKv.Api;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Hints;
using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Transfer;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Versions;

namespace AkkaKv.Wire.Tests.Codec;

/// <summary>Random messages of every kind that travels; the same for the same seed.</summary>
internal sealed class MessageGenerator(ulong seed)
{
    private static readonly Func<MessageGenerator, Message>[] Kinds =
    [
        g => new ReplicaRead(g.Key(), g.Random.NextUInt64(), g.Reply(), g.Epoch()),
        g => new ReplicaReadDone(g.Random.NextUInt64(), g.Outcome(), g.Bytes(3000)),
        g => new ReplicaMerge(g.Key(), g.Bytes(3000), g.Random.NextUInt64(), g.Reply(), g.Epoch()) { IfHeld = g.Flip() },
        g => new ReplicaMergeDone(g.Random.NextUInt64(), g.Outcome()),
        g => new GatewayForwardedPut(g.Key(), g.Vector(), g.Content(), g.Flip(), 1 + g.Random.Next(15), g.Random.Next(16), 1 + g.Random.Next(15), g.Flip(), g.Random.Next(60_001), g.Random.NextUInt64(), g.Reply(), g.Epoch()),
        g => new PutDone(new PutReply(g.Maybe(() => g.Text(40)), g.Maybe(() => new CausalContext(g.Bytes(g.Random.Next(20) == 0 ? CausalContext.TokenBytesMax : 200))), g.Random.Next(101), g.Maybe(g.Quorum), g.Maybe(g.Error)), g.Random.NextUInt64(), g.Epoch()),
        g => new GatewayOffer(g.Random.NextUInt64(), g.Reply()),
        g => new GatewayOfferAccepted(g.Random.NextUInt64()),
        g => new HintStore(new NodeId("n" + g.Text(30)), g.Key(), g.Bytes(3000), g.Random.NextUInt64(), g.Reply()) { IsHandedOver = g.Flip() },
        g => new ReapCheck(g.Random.NextUInt64(), [.. Enumerable.Range(0, g.Random.Next(9)).Select(_ => new DeadKey(g.Key(), g.Random.NextUInt64()))], g.Reply()),
        g => new ReapCheckDone(g.Random.NextUInt64(), Sender, g.Random.NextUInt64(), [.. Enumerable.Range(0, g.Random.Next(9)).Select(_ => (ReapVerdict)g.Random.Next(5))]),
        g => new ReapForget(new DeadKey(g.Key(), g.Random.NextUInt64())),
        g => new HintRead(g.Key(), g.Random.NextUInt64(), g.Reply()),
        g => new TreeNodesAsk(g.Leaves(), g.Random.Next(4), g.Indexes(TreeNodesAsk.GroupsMax, TreeShape.LeavesMax), g.Random.NextUInt64(), g.Reply()),
        g => new TreeNodesTold(g.Random.NextUInt64(), g.State(), g.Hashes(), g.Indexes(100, int.MaxValue)),
        g => new TreeKeysAsk(g.Leaves(), g.Indexes(100, TreeShape.LeavesMax), (long)(g.Random.NextUInt64() >> 1), g.Random.NextUInt64(), g.Reply()),
        g => new TreeKeysTold(g.Random.NextUInt64(), g.State(), g.Versions(), g.Flip() ? -1 : (long)(g.Random.NextUInt64() >> 1)),
        g => new TreeKeysEnd(g.Reply()),
        g => new TransferPull(g.Random.Next(65_536), (long)(g.Random.NextUInt64() >> 1), 1 + g.Random.Next(TransferPull.BytesMaxMost), g.Random.NextUInt64(), g.Reply()),
        g => new TransferBatch(g.Random.NextUInt64(), (TransferOutcome)g.Random.Next(3), g.Flip() ? -1 : (long)(g.Random.NextUInt64() >> 1), g.Moved(), [.. g.Versions().Select(key => key.Key)], g.Random.Next(5)),
        g => new GossipDigest(Sender, (long)(g.Random.NextUInt64() >> 1), g.Entries()),
        g => new GossipDelta(Sender, (long)(g.Random.NextUInt64() >> 1), (long)g.Random.NextUInt64(), g.Entries()),
        g => new AgreementPrepare(g.Decision(), g.Random.NextUInt64(), g.Ballot(Sender), g.Reply()),
        g => new AgreementPromised(g.Decision(), g.Ballot(), Sender, g.Vote(), g.AnyBallot(), g.AnyBallot(), g.Bytes(3000)),
        g => new AgreementAccept(g.Decision(), g.Random.NextUInt64(), g.Ballot(Sender), g.Bytes(3000), g.Reply()),
        g => new AgreementAccepted(g.Decision(), g.Ballot(), Sender, g.Vote(), g.AnyBallot()),
        g => new IdsAsk(g.Random.Next(20_000) - 5_000, g.Random.NextUInt64(), g.Reply()),
        g => new IdsTold(g.Random.NextUInt64(), g.Ranges(), g.Maybe(g.Refusal)),
        g => new TopologyDigest((long)(g.Random.NextUInt64() >> 1), g.Reply()),
        g => new TopologyNews(g.Configuration()),
        g => new TopologyPoll((long)(g.Random.NextUInt64() >> 1), g.Flip(), g.Reply()),
        g => new TopologyStatus(Sender, (long)(g.Random.NextUInt64() >> 1), g.Random.Next(1_000), g.Random.NextUInt64(), g.Work()) { Workers = g.Maybe(g.Need) },
    ];

    public static readonly NodeId Sender = new("node-1");

    public RandomSource Random { get; } = new(seed);

    public static int KindCount => Kinds.Length;

    public Message Next() => OfKind(Random.Next(Kinds.Length));

    public Message OfKind(int kind) => Kinds[kind](this);

    public byte[] Bytes(int max)
    {
        var bytes = new byte[Random.Next(max + 1)];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)Random.NextUInt64();
        return bytes;
    }

    // Half of them absent, as in messages of before there were any.
    private long Epoch() => Flip() ? 0 : (long)(Random.NextUInt64() >> 1);

    private bool Flip() => Random.Next(2) == 0;

    private T? Maybe<T>(Func<T> make)
        where T : class => Flip() ? make() : null;

    private string Text(int max) => new([.. Enumerable.Range(0, Random.Next(max + 1)).Select(_ => "aZ9-é€ \u0001"[Random.Next(8)])]);

    private StoreKey Key() => StoreKey.Of(new string('b', 1 + Random.Next(64)), [.. Bytes(1023), 7]);

    private Address Reply() => new(Flip() ? Sender : new NodeId("n" + Text(30)), (ActorRole)(1 + Random.Next(7)), Random.NextUInt64());

    private ReplicaOutcome Outcome() => (ReplicaOutcome)Random.Next(Enum.GetValues<ReplicaOutcome>().Length);

    private int Leaves() => TreeShape.LeavesMin << Random.Next(11);

    private TreeState State() => (TreeState)Random.Next(Enum.GetValues<TreeState>().Length);

    private int[] Indexes(int count, int max) => [.. Enumerable.Range(0, 1 + Random.Next(count)).Select(_ => Random.Next(max))];

    private ulong[] Hashes() => [.. Enumerable.Range(0, Random.Next(100)).Select(_ => Random.NextUInt64())];

    private KeyVersion[] Versions() => [.. Enumerable.Range(0, Random.Next(5)).Select(_ => new KeyVersion(Key(), Random.NextUInt64()))];

    private TransferredObject[] Moved() => [.. Enumerable.Range(0, Random.Next(5)).Select(_ => new TransferredObject(Key(), Bytes(3000)))];

    private VersionVector Vector()
    {
        ulong actor = 0;
        return VersionVector.Of([.. Enumerable.Range(0, Random.Next(6)).Select(_ => new Dot(actor += 1 + (Random.NextUInt64() >> 4), 1 + (Random.NextUInt64() >> 1)))]);
    }

    private ValueContent Content() =>
        new(Bytes(3000), Maybe(() => Text(85)), (long)(Random.NextUInt64() >> 17) - 60_000_000_000_000, (long)(Random.NextUInt64() >> 17), Flip());

    private QuorumReport Quorum() => new(Random.Next(16), Random.Next(16), Random.Next(16), Flip(), Text(50));

    private GossipEntry[] Entries() =>
        [.. Enumerable.Range(0, Random.Next(200)).Select(_ => new GossipEntry((uint)Random.NextUInt64(), Random.NextUInt64() >> Random.Next(64), Random.NextUInt64() >> Random.Next(64)))];

    private IdRange[] Ranges() =>
        [.. Enumerable.Range(0, Random.Next(9)).Select(_ => new IdRange((long)(Random.NextUInt64() >> 2), 1 + Random.Next(1_000), 1 + Random.Next(1_000)))];

    private IdRefusal Refusal() => new((IdRefusalKind)(1 + Random.Next(Enum.GetValues<IdRefusalKind>().Length)), Text(200), Flip());

    private EpochWork Work() => new(
        (long)(Random.NextUInt64() >> 1), Flip(), Random.Next(65_537), Random.Next(65_537), (long)(Random.NextUInt64() >> 1), (long)(Random.NextUInt64() >> 1), Random.Next(1_000_000), Text(200));

    private ClusterConfiguration Configuration()
    {
        RingMember[] members = [.. Enumerable.Range(0, 1 + Random.Next(5)).Select(i => Member($"m{i}"))];
        bool isChanging = Flip();
        long epoch = 1 + Random.Next(100);
        return new ClusterConfiguration(epoch, Random.NextUInt64(), 1 << Random.Next(10), 1 + Random.Next(15), members)
        {
            Phase = isChanging ? (TopologyPhase)(1 + Random.Next(3)) : TopologyPhase.Settled,
            Next = isChanging ? [Member("n0"), Member("n1")] : null,
            Gone = isChanging && Flip() ? [new NodeId("m0")] : [],
            Staged = isChanging ? [] : [new StagedChange(ChangeKind.Leave, new NodeId("m0"), null, Flip()), new StagedChange(ChangeKind.Join, new NodeId("x"), Member("x"))],
            RingEpoch = 1 + Random.Next((int)epoch),
            Workers = Maybe(Workers),
        };
    }

    private WorkerLeases Workers()
    {
        WorkerLease[] leases = [.. Enumerable.Range(0, Random.Next(5)).Select(i => new WorkerLease(i * 3, new NodeId($"m{i}"), 1 + (Random.NextUInt64() >> 1), Random.Next(1_000), 1_000 + (long)(Random.NextUInt64() >> 2)))];
        return new WorkerLeases(1_024, "bits" + Text(20), Random.Next(1_000), leases);
    }

    private WorkerNeed Need() => new(Random.Next(WorkerLeases.CountMax + 1), Text(50), Flip() ? Random.Next(WorkerLeases.CountMax) : null, (long)(Random.NextUInt64() >> 20));

    private RingMember Member(string name) =>
        new(new NodeId(name), 0.5 + Random.NextDouble(), Text(20)) { Endpoint = Text(20), Http = Text(20), StoreId = Random.NextUInt64() };

    private string Decision() => new([.. Enumerable.Range(0, 1 + Random.Next(DecisionBounds.NameCharsMax)).Select(_ => (char)('!' + Random.Next('~' - '!' + 1)))]);

    private Ballot Ballot(NodeId? proposer = null) =>
        new(1 + (long)(Random.NextUInt64() >> 4), proposer ?? (Flip() ? Sender : new NodeId("n" + Text(30))), Random.NextUInt64());

    private Ballot AnyBallot() => Flip() ? Core.Agreement.Ballot.None : Ballot();

    private VoteOutcome Vote() => (VoteOutcome)Random.Next(Enum.GetValues<VoteOutcome>().Length);

    private KvError Error() => new(
        (KvErrorCode)Random.Next(Enum.GetValues<KvErrorCode>().Length),
        Text(200),
        (KvOutcome)Random.Next(2),
        Flip(),
        Flip() ? Random.Next(16) : null,
        Flip() ? Random.Next(16) : null,
        Maybe<IReadOnlyList<string>>(() => [.. Enumerable.Range(0, Random.Next(4)).Select(_ => Text(20))]));
}
