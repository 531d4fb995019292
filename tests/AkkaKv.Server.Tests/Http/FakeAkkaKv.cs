using System.Text;
using AkkaKv.Api;

namespace AkkaKv.Server.Tests.Http;

/// <summary>
/// One node in memory with the simplest sibling semantics that a facade can be tested against: a context is the list of
/// the tags that were seen.
/// </summary>
internal sealed class FakeAkkaKv : IAkkaKv
{
    private readonly Dictionary<EntryKey, List<Sibling>> values = [];
    private readonly Lock turn = new();
    private int counter;

    public KvLimits Limits { get; init; } = new(KeyBytesMax: 64, ValueBytesMax: 16_384);

    public IIdService Ids { get; init; } = new FakeIds();

    /// <summary>What every request is answered with, when set.</summary>
    public KvError? Error { get; set; }

    /// <summary>What happens before each answer: a test may hold a request here.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public NodeHealth Health { get; set; } = new("node-1", Ready: true, [], new Dictionary<string, string> { ["kind"] = "memory" });

    /// <summary>What the node says of the cluster.</summary>
    public NodeReport Report { get; set; } = NodeReport.Nothing with { Members = [Self], IsComplete = true };

    /// <summary>What a repair that is asked for becomes; null is a node that does not answer in time.</summary>
    public Func<RepairInfo?> Repair { get; set; } = () => null;

    /// <summary>What every reply carries instead of the tags, when set.</summary>
    public CausalContext? Context { get; set; }

    public EntryKey? LastKey { get; private set; }

    public PutRequest? LastPut { get; private set; }

    public RequestOptions? LastOptions { get; private set; }

    public async ValueTask<GetReply> GetAsync(EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        if (await EnterAsync(key, options, cancellation) is { } error)
            return GetReply.Failed(error);
        lock (turn)
        {
            var all = values.GetValueOrDefault(key, []);
            var live = all.Exists(sibling => !sibling.Deleted) ? all.ToList() : [];
            return new GetReply(live, Context ?? (all.Count == 0 ? null : ContextOf(all)), Quorum(2, options));
        }
    }

    public async ValueTask<PutReply> PutAsync(EntryKey key, PutRequest put, RequestOptions options, CancellationToken cancellation)
    {
        LastPut = put;
        if (await EnterAsync(key, options, cancellation) is { } error)
            return PutReply.Failed(error);
        return Write(key, put.Context, put.LastWriteWins, options, tag =>
            new Sibling(tag, put.Value, put.ContentType, DateTimeOffset.UnixEpoch, put.ExpiresAt, Deleted: false));
    }

    public async ValueTask<PutReply> DeleteAsync(EntryKey key, CausalContext? context, RequestOptions options, CancellationToken cancellation)
    {
        if (await EnterAsync(key, options, cancellation) is { } error)
            return PutReply.Failed(error);
        return Write(key, context, lastWriteWins: false, options, tag =>
            new Sibling(tag, ReadOnlyMemory<byte>.Empty, null, DateTimeOffset.UnixEpoch, null, Deleted: true));
    }

    public ValueTask<IReadOnlyList<MemberInfo>> MembersAsync(CancellationToken cancellation) => new((IReadOnlyList<MemberInfo>)[Self]);

    public ValueTask<RingInfo> RingAsync(CancellationToken cancellation) => new(new RingInfo(1, 2, 1, [["node-1"], ["node-1"]], [Self]));

    public async ValueTask<(PlacementInfo? Placement, KvError? Error)> PlacementAsync(EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        if (await EnterAsync(key, options, cancellation) is { } error)
            return (null, error);
        return (new PlacementInfo(key, 0xFEDC_BA98_7654_3210, 1, [Self], []), null);
    }

    public ValueTask<NodeReport> ReportAsync(CancellationToken cancellation) => new(Report);

    public ValueTask<RepairInfo?> RepairAsync(CancellationToken cancellation)
    {
        var repair = Repair();
        Report = Report with { Repair = repair };
        return new(repair);
    }

    /// <summary>What the node knows of its cluster; null is a node that does not answer in time.</summary>
    public ClusterChangeInfo? Cluster { get; set; } = Founded;

    /// <summary>What becomes of each order.</summary>
    public Func<string, ChangeReply> Order { get; set; } = order => new ChangeReply(Done: true, order, 8);

    public PlanReply Plan { get; set; } = new(null, "Nothing is staged.");

    public static ClusterChangeInfo Founded { get; } = new(
        7, "00000000000000aa", ClusterChangeInfo.Settled, 64, 3, [new ClusterMember("node-1", "127.0.0.1:7101", StoreId: "00000000000000bb")], null, [], [], [], "")
    {
        Encoded = new byte[] { 1, 2, 3 },
    };

    public ValueTask<ClusterChangeInfo?> ClusterAsync(CancellationToken cancellation) => new(Cluster);

    public ValueTask<ChangeReply> StageAsync(ClusterChange change, bool takenBack, CancellationToken cancellation) =>
        new(Order($"{(takenBack ? "take back" : "stage")} {change.Kind} {change.Node}{(change.Dead ? " dead" : "")} {change.Member?.Endpoint}".TrimEnd()));

    public ValueTask<PlanReply> PlanAsync(CancellationToken cancellation) => new(Plan);

    public ValueTask<ChangeReply> CommitAsync(long epoch, CancellationToken cancellation) => new(Order($"commit {epoch}"));

    public ValueTask<ChangeReply> AbortAsync(IReadOnlyList<string> dead, CancellationToken cancellation) =>
        new(Order("abort " + string.Join(',', dead)));

    public ValueTask<NodeHealth> HealthAsync(CancellationToken cancellation) => new(Health);

    public static MemberInfo Self { get; } = new("node-1", "127.0.0.1:7101", "http://127.0.0.1:7001", "", 1, Reachable: true, Self: true, 2);

    private async Task<KvError?> EnterAsync(EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        LastKey = key;
        LastOptions = options;
        await Before(cancellation);
        if (Error is not null)
            return Error;
        if (key.Bucket.Length is 0 or > EntryKey.BucketCharsMax)
            return new KvError(KvErrorCode.InvalidBucket, "The bucket must have 1 to 64 characters.");
        if (key.Name.Length == 0 || key.Name.Length > Limits.KeyBytesMax)
            return new KvError(KvErrorCode.InvalidKey, $"The key must have 1 to {Limits.KeyBytesMax} bytes; found {key.Name.Length}.");
        return options.N is < 1 or > 15 ? new KvError(KvErrorCode.InvalidQuorum, "N must be 1 to 15.") : null;
    }

    private PutReply Write(EntryKey key, CausalContext? context, bool lastWriteWins, RequestOptions options, Func<string, Sibling> make)
    {
        lock (turn)
        {
            if (!values.TryGetValue(key, out var all))
                values[key] = all = [];
            var seen = context is null ? [] : Encoding.ASCII.GetString(context.Token.Span).Split(',');
            all.RemoveAll(sibling => lastWriteWins || seen.Contains(sibling.Tag));
            var made = make($"a:{++counter}");
            all.Add(made);
            return new PutReply(made.Tag, Context ?? ContextOf(all), all.Count, Quorum(2, options));
        }
    }

    private static QuorumReport Quorum(int got, RequestOptions options) => new(options.N ?? 3, 2, got, Overlapping: true, "node-1");

    private static CausalContext ContextOf(List<Sibling> all) =>
        new(Encoding.ASCII.GetBytes(string.Join(',', all.Select(sibling => sibling.Tag))));
}
