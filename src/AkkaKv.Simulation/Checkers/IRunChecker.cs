namespace AkkaKv.Simulation.Checkers;

/// <summary>Looks at a finished run for one promise.</summary>
internal interface IRunChecker
{
    /// <summary>The promise, in the words of the design.</summary>
    string Promise { get; }

    void Check(RunEvidence evidence, Action<string> broken);
}

/// <summary>All checkers that look at a finished run; those of promises 5, 13 and of liveness look while it goes on.</summary>
/// <remarks>The narrower promise comes before the wider one that it is a part of, so that its own name is told.</remarks>
internal static class RunCheckers
{
    public static IReadOnlyList<IRunChecker> All { get; } =
    [
        new OriginChecker(),
        new QuietClientChecker(),
        new SessionChecker(),
        new MonotonicWritesChecker(),
        new SiblingChecker(),
        new ExpiryChecker(),
        new DeletedKeyChecker(),
        new ConvergenceChecker(),
        new StrayChecker(),
        new AcknowledgedWriteChecker(),
        new ReadYourWritesChecker(),
        new MonotonicReadsChecker(),
        new OverlapChecker(),
    ];
}
