using System.Text;

namespace AkkaKv.Simulation.Running;

/// <summary>A broken promise, for the person who has to find out why.</summary>
public static class FailureReport
{
    public static string Of(RunResult result)
    {
        var text = new StringBuilder();
        text.AppendLine($"BROKEN: {result.Violation!.Promise}");
        text.AppendLine($"  {result.Violation.Story}");
        text.AppendLine($"  seed {result.Options.Seed}, trace hash {result.TraceHash:x16}, {result.Options.Nodes} nodes, {result.Options.Operations} operations");
        text.AppendLine($"  {result.Shape}");
        text.AppendLine($"  replay: {result.Options.Command}");
        return text.ToString();
    }

    public static string WithTranscript(RunResult result)
    {
        var text = new StringBuilder();
        text.AppendLine("The last events:");
        foreach (string line in result.Transcript)
            text.Append("  ").AppendLine(line);
        return text.Append(Of(result)).ToString();
    }
}
