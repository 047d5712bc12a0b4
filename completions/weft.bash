# Completion of weft's arguments for bash: source <(weft completion bash)
_weft() {
  local line=${COMP_LINE:0:COMP_POINT} words=() count=0 i part blanks
  # COMP_WORDS is cut at each of COMP_WORDBREAKS as well: what no blank parts on the line is one word.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    blanks=${line%%[![:space:]]*}
    line=${line#"$blanks"}
    part=${COMP_WORDS[i]}
    # The cursor may be inside the last one.
    if ((i == COMP_CWORD)); then part=$line; fi
    if ((count > 0)) && [[ -z $blanks ]]; then
      words[count - 1]+=$part
    else
      words[count]=$part
      count=$((count + 1))
    fi
    line=${line#"$part"}
  done

  local word=${words[count - 1]} typed= value
  case $word in
    [\'\"]*) word=${word:1} ;;
    # bash puts a reply in the place of what is behind the last break.
    *) typed=${word%"${word##*[:=]}"} ;;
  esac
  words[count - 1]=$word

  # Files are completed by the shell, which knows nothing of --flag= before them.
  local path=${word#--*=}
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    case $value in
      :files*)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(
          compgen -d -- "$path"
          compgen -f -X "!*${value#:files }" -- "$path" | while IFS= read -r i; do [[ -d $i ]] || printf '%s\n' "$i"; done
        )
        ;;
      :folders)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$path")
        ;;
      *) COMPREPLY+=("${value#"$typed"}") ;;
    esac
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _weft weft
