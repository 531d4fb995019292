namespace AkkaKv.Cli.Bench;

/// <summary>Tells the workers when to measure and when to end.</summary>
internal sealed class BenchPhase
{
    private volatile bool _recording;
    private volatile bool _stopped;

    public bool IsRecording => _recording;

    public bool IsStopped => _stopped;

    public void BecomeRecording() => _recording = true;

    public void BecomeStopped()
    {
        _recording = false;
        _stopped = true;
    }
}
