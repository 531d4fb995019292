using AkkaKv.Api;

namespace AkkaKv.Reports;

/// <summary>One node's repair on command as somebody follows it.</summary>
internal sealed class RepairRun(string node)
{
    /// <summary>So many times in a row without an answer, and the node counts as lost; each of them is awaited with the asker's own patience.</summary>
    private const int SilenceMax = 10;

    private int _silence;

    public string Node => node;

    /// <summary>Where it is asked; null when nobody knows, and for a node in this process.</summary>
    public Uri? Endpoint { get; init; }

    public RepairInfo? Repair { get; private set; }

    public bool Joined { get; private set; }

    /// <summary>Why it is not followed any longer though it is not done; null while it is, or when it is done.</summary>
    public string? Failure { get; private set; }

    public bool IsDone => Repair is { FinishedAt: not null };

    public bool IsOver => IsDone || Failure is not null;

    public bool IsUnfinished => Failure is not null || Repair is { DamagedKeys: > 0 };

    public string State => (Failure, Repair) switch
    {
        (not null, _) => "failed",
        (_, { FinishedAt: not null }) => "done",
        _ => "running",
    };

    public void Begin(RepairInfo repair, bool joined) => (Repair, Joined) = (repair, joined);

    public void Fail(string why) => Failure = why;

    /// <summary>Takes what the node says now.</summary>
    public void Hear(RepairInfo? repair, bool isComplete)
    {
        if (repair is not null)
            (Repair, _silence) = (repair, 0);
        else if (isComplete)
            Failure = "it restarted, and its repair is gone: run 'akkakv repair' again";
        else
            Miss("it does not say in time how its repair goes");
    }

    /// <summary>Counts an answer that did not come.</summary>
    public void Miss(string why)
    {
        if (++_silence >= SilenceMax)
            Failure = $"it does not answer any longer ({why}); its repair may go on: run 'akkakv repair' again to join it";
    }

    /// <summary>How it began, in a line.</summary>
    public string Beginning() => this switch
    {
        { Failure: { } failure } => $"{node}: not started: {failure}",
        { Joined: true } => $"{node}: joins the repair that runs since {Shown.Moment(Repair!.StartedAt)}, started by someone else or earlier",
        _ => $"{node}: started",
    };

    /// <summary>What it does or waits for, in a line.</summary>
    public string Line()
    {
        if (Failure is not null)
            return $"{node}: {Failure}";
        RepairInfo repair = Repair!;
        string tally = $"{node}: {Shown.Count(repair.PartitionsDone)} of {Shown.Count(repair.Partitions)} partitions, "
            + $"{Shown.Count(repair.DifferingKeys)} keys differed, {Shown.Count(repair.KeysMoved)} moved ({Shown.Count(repair.BytesMoved)} bytes)";
        if (IsDone)
            return tally + "; done";
        return tally + (repair.WaitingFor.Length > 0 ? $"; waits: {repair.WaitingFor}" : "; compares");
    }
}
