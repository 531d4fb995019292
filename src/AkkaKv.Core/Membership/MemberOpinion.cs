using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Membership;

/// <summary>What one node thinks of one other: the host's evidence, the detector's, and what follows from the two.</summary>
internal sealed class MemberOpinion(NodeId node, PhiOptions options)
{
    private bool _connected;
    private bool _wasConnected;
    private bool _suspected;
    private bool _heard;

    public NodeId Node => node;

    public PhiAccrualDetector Detector { get; } = new(options);

    public MemberState State { get; private set; }

    public DateTimeOffset Since { get; set; }

    public double? SkewMillis { get; set; }

    public bool IsConnected => _connected;

    public bool IsReachable => State == MemberState.Reachable;

    /// <summary>What of it was pushed last.</summary>
    public bool IsToldReachable { get; set; }

    /// <summary>Believed, but silent for so long that others should be asked.</summary>
    public bool IsDoubtful(TimeSpan now) => IsReachable && Detector.Doubts(now);

    public MemberStatus Tell(TimeSpan now, ulong incarnation) => new(
        node, State, Detector.Phi(now), _heard ? now - Detector.Last : null, Detector.SuspectAfter, incarnation, SkewMillis, Since);

    /// <returns>True when the state changed; so with the others.</returns>
    public bool Connected(TimeSpan now)
    {
        _connected = _wasConnected = true;
        if (Detector.Last is null)
            Detector.Restart(now);
        return Judge(now);
    }

    public bool Disconnected()
    {
        _connected = false;
        return Settle();
    }

    public bool Heard(TimeSpan now, bool isIncarnation)
    {
        _heard = true;
        _suspected = false;
        if (isIncarnation)
            Detector.Restart(now);
        else
            Detector.Heard(now);
        return Settle();
    }

    /// <summary>Looks at the silence up to now.</summary>
    public bool Judge(TimeSpan now)
    {
        _suspected = Detector.Suspects(now);
        return Settle();
    }

    private bool Settle()
    {
        MemberState before = State;
        if (!_connected)
            State = _wasConnected ? MemberState.Disconnected : MemberState.Unknown;
        else
            State = _suspected ? MemberState.Suspected : MemberState.Reachable;
        return State != before;
    }
}
